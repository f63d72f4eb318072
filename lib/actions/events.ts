"use server";

import { z } from "zod";
import { wasEmittedHere } from "@/lib/absurd/emit-outcome";
import { AbsurdDbError } from "@/lib/absurd/errors";
import { emitEvent } from "@/lib/absurd/events";
import { parseJson } from "@/lib/absurd/json";
import { previewEmit } from "@/lib/absurd/preview";
import type { Json } from "@/lib/absurd/types";
import { action, inquiry } from "./action";
import { eventName, queueName } from "./inputs";
import { toEmitPlan } from "./plans";
import { ActionRefusal } from "./result";

const event = z.object({ queue: queueName, name: eventName });

/** What emitting this event would do: whom it wakes, or that it was emitted and nothing would change. */
export const previewEmitAction = inquiry(
  "preview emit",
  "operator",
  event,
  async ({ queue, name }, db) => toEmitPlan(await previewEmit(db, queue, name, { limit: 20 })),
);

/**
 * Emits an event with a payload given as JSON text; an empty text is no payload. The first emit of a name counts: an
 * event that was emitted already is refused as `already_emitted`, also when somebody else was quicker.
 */
export const emitEventAction = action(
  "emit event",
  "operator",
  event.extend({ payload: z.string("is missing") }),
  async ({ queue, name, payload }, db) => {
    const value = payload.trim() === "" ? undefined : toJson(payload);
    const plan = toEmitPlan(await previewEmit(db, queue, name, { limit: 20 }));
    if (plan.outcome === "ignored") throw alreadyEmitted(`at ${plan.emittedAt}`);
    await emitEvent(db, queue, name, value).catch(refuseText);
    if (!(await wasEmittedHere(db, queue, name))) throw alreadyEmitted("a moment ago");
    return plan;
  },
);

function alreadyEmitted(when: string): ActionRefusal {
  return new ActionRefusal(
    "already_emitted",
    `The event was emitted before, ${when}.`,
    "The first emit counts: its payload stays, and nobody would wake.",
  );
}

function toJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new ActionRefusal(
      "bad_request",
      `The payload is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`,
    );
  }
}

/** What is JSON, but not jsonb. */
function refuseText(error: unknown): never {
  if (error instanceof AbsurdDbError && ["22P02", "22P05"].includes(error.code))
    throw new ActionRefusal(
      "bad_request",
      "The payload holds a text that PostgreSQL cannot store.",
      "It refuses the escape \\u0000 and halves of a surrogate pair, such as \\ud83d alone.",
    );
  throw error;
}
