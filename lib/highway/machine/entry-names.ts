/**
 * The names of the interpreter's records. `p` is an operator's path in the run: `each_order[2]/charge`, for a
 * handler `undo@charge`. `p` itself holds the operator's value; its other records are named `p/failed`,
 * `p/attempt/1`, `p/retry/1`. Inside a second attempt `p` becomes `p~2`.
 */
import { pathIn } from "../model/scopes.ts";

/** The path of one attempt, from 1. Records inside a later attempt are separate from those of earlier ones. */
export function attemptPath(path: string, attempt: number): string {
  return attempt === 1 ? path : `${path}~${attempt}`;
}

/**
 * The path in the run of an execution with this key, in the scope whose path in the run is `base`:
 * `each[2]/undo@load`.
 */
export function pathOfKey(base: string, key: string): string {
  const [id = "", trigger] = key.split("\n");
  const path = pathIn({ path: base }, id);
  return trigger === undefined ? path : `${path}@${pathIn({ path: "" }, trigger)}`;
}

/** Whether a scope at a path in the run is inside an execution of this operator: `p.one/h@x` is inside `p`. */
export function isInside(base: string, id: string): boolean {
  const own = pathIn({ path: "" }, id);
  return base.split("/").some((segment) => /^[^.[@~]*/.exec(segment)?.[0] === own);
}

/**
 * The event that a part emits when it ends. Named after the workflow run, so that a retried parent awaits the same
 * one.
 */
export function partEvent(workflowRunId: string, path: string): string {
  return `hw:${workflowRunId}:${path}`;
}
