"use server";

import { z } from "zod";
import { emitEvent, wasEmittedHere } from "@/lib/absurd/events/events";
import { previewEmit } from "@/lib/absurd/events/preview";
import { ProblemError } from "@/lib/model/problem";
import { action, inquiry } from "./action";
import { refuseMasks } from "./hidden-values";
import { eventName, queueName } from "./inputs";
import { readJsonText, refuseText } from "./json-text";
import { toEmitPlan } from "./plans";
import { toAudience, toAudienceForGood } from "./reaches";

const event = z.object({ queue: queueName, name: eventName });

/** What emitting this event would do: whom it wakes, or that it was emitted and nothing would change. */
export const previewEmitAction = inquiry(
  "preview emit",
  "operator",
  event,
  toAudience,
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
  toAudienceForGood,
  async ({ queue, name, payload }, db) => {
    const given = payload.trim() === "" ? undefined : readJsonText(payload, "payload");
    const value = refuseMasks("event", given);
    const plan = toEmitPlan(await previewEmit(db, queue, name, { limit: 20 }));
    if (plan.outcome === "ignored") throw alreadyEmitted(`at ${plan.emittedAt}`);
    await emitEvent(db, queue, name, value).catch(refuseText);
    if (!(await wasEmittedHere(db, queue, name))) throw alreadyEmitted("a moment ago");
    return plan;
  },
);

function alreadyEmitted(when: string): ProblemError {
  return new ProblemError({
    code: "already_emitted",
    message: `The event was emitted before, ${when}.`,
    hint: "The first emit counts: its payload stays, and nobody would wake.",
  });
}
