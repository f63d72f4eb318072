import "server-only";
import type { ActionResult } from "../result";
import { getBulkPreview } from "./bulk";
import { getEmitPreview } from "./events";
import { getCleanupPreview } from "./queues";
import { getReschedulePreview } from "./runs";
import { getCancelRunPreview, getStartForm, getStartPreview } from "./workflows";

/** The previews of actions by their name in the HTTP API. They change nothing. */
export const PREVIEWS = {
  bulk: getBulkPreview,
  "cancel-run": getCancelRunPreview,
  cleanup: getCleanupPreview,
  emit: getEmitPreview,
  reschedule: getReschedulePreview,
  start: getStartPreview,
  "start-form": getStartForm,
};

/** The previews with the input that each takes and the data that it returns. */
export type Previews = {
  [Name in keyof typeof PREVIEWS]: {
    input: Parameters<(typeof PREVIEWS)[Name]>[0];
    data: Extract<Awaited<ReturnType<(typeof PREVIEWS)[Name]>>, { ok: true }>["data"];
  };
};

export type PreviewName = keyof Previews;

/** The preview of this name. Invalid input resolves to the problem `bad_request`. */
export function findPreview(
  name: string,
): ((input: unknown, request: Request) => Promise<ActionResult<object>>) | undefined {
  if (!Object.hasOwn(PREVIEWS, name)) return undefined;
  // Each preview parses its own input.
  return PREVIEWS[name as PreviewName] as ReturnType<typeof findPreview>;
}
