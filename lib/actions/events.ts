"use server";

import * as z from "zod";
import { getCapabilities } from "@/lib/absurd/connection/capabilities";
import { emitEvent, wasEmittedHere } from "@/lib/absurd/events/events";
import { previewEmit } from "@/lib/absurd/events/preview";
import { lockEventAudience } from "@/lib/absurd/tasks/tenants";
import { plural } from "@/lib/format";
import { ProblemError } from "@/lib/model/problem";
import { defineAction } from "./define-action";
import { parseJsonText, refuseUnstorableJson } from "./internal/json-text";
import { refuseMasks } from "./internal/redacted-values";
import { eventInput, toEmitPreview } from "./previews/events";
import { guards } from "./tenant-guards";

/**
 * Emits an event with a payload of JSON text; empty text means no payload. Only the first emit per name and queue
 * takes effect. Refused as `already_emitted` after the first, also if another emit commits first, and as
 * `state_changed` if more tasks would wake than were shown.
 */
export const emitEventAction = defineAction({
  name: "emit event",
  permission: "emit event",
  input: eventInput.extend({
    payload: z.string("is missing"),
    /** The number of tasks that the operator saw waiting. */
    shownWakes: z.int().min(0).optional(),
  }),
  guard: guards.lockedAudience,
  run: async ({ queue, name, payload, shownWakes }, { db }) => {
    const given = payload.trim() === "" ? undefined : parseJsonText(payload, "payload");
    const value = await refuseMasks("event", given);
    // From here on no task can start to wait until the transaction ends. Earlier engines have no lock for that.
    const { features } = await getCapabilities(db);
    if (features.has("write-once events")) await lockEventAudience(db, queue, name);
    const preview = toEmitPreview(await previewEmit(db, queue, name, { limit: 20 }));
    if (preview.outcome === "ignored") throw alreadyEmitted(`at ${preview.emittedAt}`);
    if (preview.wakesCount > (shownWakes ?? preview.wakesCount))
      throw new ProblemError({
        code: "state_changed",
        message: `Now ${plural(preview.wakesCount, "task")} would wake, and ${shownWakes} were shown.`,
        hint: "Preview again, then decide.",
      });
    await emitEvent(db, queue, name, value).catch(refuseUnstorableJson);
    if (!(await wasEmittedHere(db, queue, name))) throw alreadyEmitted("a moment ago");
    return preview;
  },
});

function alreadyEmitted(when: string): ProblemError {
  return new ProblemError({
    code: "already_emitted",
    message: `The event was already emitted, ${when}.`,
    hint: "Only the first emit takes effect: its payload stays, and no task would wake.",
  });
}
