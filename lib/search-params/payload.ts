import { createSerializer, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { Uuid } from "@/lib/model/ids";
import { queueSegment } from "./queue-segment";

const TASK_PAYLOADS = ["params", "headers", "retryStrategy", "cancellation", "result"] as const;
const RUN_PAYLOADS = ["runResult", "failureReason", "eventPayload"] as const;

/** One of a task's JSON values. */
export type PayloadRef =
  | { of: (typeof TASK_PAYLOADS)[number] }
  | { of: (typeof RUN_PAYLOADS)[number]; run: Uuid }
  | { of: "checkpoint"; name: string };

export const payloadSearchParams = {
  of: parseAsStringLiteral([...TASK_PAYLOADS, ...RUN_PAYLOADS, "checkpoint"]),
  /** Run id, for values of a run. */
  run: parseAsString,
  /** Checkpoint name, for checkpoints. */
  name: parseAsString,
};

const serialize = createSerializer(payloadSearchParams);

/** The URL of the full text of one of a task's JSON values. */
export function payloadUrl(queue: string, taskId: Uuid, ref: PayloadRef): string {
  const path = `/api/queues/${queueSegment(queue)}/tasks/${taskId}/payload`;
  return `${path}${serialize(ref)}`;
}

/** The URL of the full text of an event's payload. */
export function eventPayloadUrl(queue: string, name: string): string {
  return `/api/queues/${queueSegment(queue)}/events/payload?name=${encodeURIComponent(name)}`;
}
