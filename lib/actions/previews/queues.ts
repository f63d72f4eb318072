import "server-only";
import * as z from "zod";
import { previewCleanup } from "@/lib/analytics/queue-maintenance";
import { definePreview } from "../define-action";
import { queueName } from "../internal/inputs";
import { guards } from "../tenant-guards";

/** The engine stores durations as 32-bit integers of seconds. */
export const LONGEST_TTL = 2 ** 31 - 1;

/** How long a cleanup keeps tasks after they ended, and events after they were emitted. */
export const ttlSeconds = z
  .int("is not a whole number")
  .min(0, "is negative")
  .max(LONGEST_TTL, "is too long");

/** How many rows a cleanup with this time to live would delete now. */
export const getCleanupPreview = definePreview({
  name: "preview cleanup",
  permission: "clean up queue",
  input: z.object({ queue: queueName, ttlSeconds }),
  guard: guards.unrestrictedOnly,
  run: ({ queue, ttlSeconds }, { signal }) => previewCleanup(queue, ttlSeconds, { signal }),
});
