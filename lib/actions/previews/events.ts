import "server-only";
import * as z from "zod";
import {
  type EmitPreview as EngineEmitPreview,
  previewEmit,
  type WokenRun,
} from "@/lib/absurd/events/preview";
import { definePreview } from "../define-action";
import { eventName, queueName } from "../internal/inputs";
import { guards } from "../tenant-guards";
import type { WithInstants } from "./with-instants";

/** An event by name, in its queue. */
export const eventInput = z.object({ queue: queueName, name: eventName });

/** The effect of an emit. */
export type EmitPreview = WithInstants<EngineEmitPreview>;

/** The effect of emitting this event: which runs it wakes, or that it was emitted before and nothing would change. */
export const getEmitPreview = definePreview({
  name: "preview emit",
  permission: "emit event",
  input: eventInput,
  guard: guards.visibleAudience,
  run: async ({ queue, name }, { db }) =>
    toEmitPreview(await previewEmit(db, queue, name, { limit: 20 })),
});

/** Converts the client layer's dates to instants. */
export function toEmitPreview(preview: EngineEmitPreview): EmitPreview {
  return {
    ...preview,
    emittedAt: preview.emittedAt?.toISOString() ?? null,
    wakes: preview.wakes.map((run: WokenRun) => ({
      ...run,
      timeoutAt: run.timeoutAt?.toISOString() ?? null,
    })),
  };
}
