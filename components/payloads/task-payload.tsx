"use client";
import type { Payload } from "@/lib/model/json";
import { payloadQuery } from "@/lib/query/task";
import { type PayloadRef, payloadUrl } from "@/lib/search-params/payload";
import { PayloadView } from "./payload-view";

/** One of a task's JSON values. */
export function TaskPayload({
  queue,
  taskId,
  of,
  payload,
  absent,
}: {
  queue: string;
  taskId: string;
  of: PayloadRef;
  payload: Payload;
  absent?: string;
}) {
  const query = payloadQuery(queue, taskId, of);
  return (
    <PayloadView
      payload={payload}
      source={{ query, url: payloadUrl(queue, taskId, of) }}
      {...(absent ? { absent } : {})}
    />
  );
}
