import { parseJson } from "@/lib/absurd/connection/json";
import type { Uuid } from "@/lib/model/ids";
import { isUuid } from "@/lib/model/ids";
import type { Json } from "@/lib/model/json";

/** A task that another one refers to, and how: `awaited` and `stored` are found in a step. */
export type Link = { id: Uuid; how: "awaited" | "stored"; step: string };

const AWAITED = /^\$awaitTaskResult:([0-9a-f-]{36})(?:#\d+)?$/i;
/** The names under which clients return the id of a spawned task. */
const ID_KEYS = new Set(["taskID", "taskId", "task_id"]);
const MOST = 200;

/** The default name of the checkpoint in which a client stores the result of a task that it waited for. */
export function awaitCheckpoint(taskId: Uuid): string {
  return `$awaitTaskResult:${taskId}`;
}

/**
 * The tasks that a task's checkpoints refer to: those whose result it awaited under the default name, and ids that
 * a step stored from a spawn. In the order of the checkpoints, each once, at most 200.
 */
export function findLinks(checkpoints: readonly { name: string; text: string | null }[]): Link[] {
  const links = new Map<Uuid, Link>();
  const add = (id: string, how: Link["how"], step: string) => {
    const key = id.toLowerCase();
    if (!isUuid(key) || links.size >= MOST) return;
    if (how === "awaited" || !links.has(key)) links.set(key, { id: key, how, step });
  };
  for (const { name, text } of checkpoints) {
    const awaited = AWAITED.exec(name)?.[1];
    if (awaited) add(awaited, "awaited", name);
    else if (text !== null) for (const id of storedIds(parseJson(text))) add(id, "stored", name);
  }
  return [...links.values()];
}

function storedIds(value: Json, depth = 0): string[] {
  if (value === null || typeof value !== "object" || depth > 4) return [];
  if (Array.isArray(value)) return value.slice(0, 50).flatMap((item) => storedIds(item, depth + 1));
  return Object.entries(value).flatMap(([key, inner]) =>
    ID_KEYS.has(key) && typeof inner === "string" ? [inner] : storedIds(inner, depth + 1),
  );
}

/** A header that holds a task's id. */
export function parseId(header: unknown): Uuid | null {
  return typeof header === "string" && isUuid(header) ? header.toLowerCase() : null;
}
