import fc from "fast-check";
import type { SpawnOptions } from "./model/spawn";

/** The run (or task) of a command: an index into the suitable ones, or into all if none is suitable. */
export type Pick = { apt: boolean; index: number };

/** The run of a command, and its task. */
export type Target = { taskId: string; runId: string };

/** One step of an interleaving. All times are whole seconds; JSON is text, null is SQL NULL. */
export type Command =
  | { do: "spawn"; options: SpawnOptions }
  | { do: "claim"; worker: string; lease: number; quantity: number }
  | { do: "checkpoint"; run: Pick; step: string; state: string | null; extendBy: number | null }
  | { do: "schedule"; run: Pick; in: number }
  | { do: "await"; run: Pick; step: string; event: string; timeout: number | null }
  | { do: "emit"; event: string; payload: string | null }
  | { do: "complete"; run: Pick; result: string | null }
  | { do: "fail"; run: Pick; reason: string | null; retryIn: number | null }
  | { do: "extend"; run: Pick; seconds: number }
  | { do: "retry"; task: Pick; options: { max_attempts?: number; spawn_new?: boolean } }
  | { do: "cancel"; task: Pick }
  | { do: "advance"; seconds: number }
  | { do: "cleanup tasks"; ttl: number; limit: number }
  | { do: "cleanup events"; ttl: number; limit: number }
  | { do: "list checkpoints"; run: Pick }
  | { do: "get result"; task: Pick };

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const step = oneOf("one", "two", "three");
const event = oneOf("sun", "sun", "moon", "star", "tide");
const value = oneOf('{"v": 1}', '"text"', "null", null);
const index = fc.nat({ max: 40 });
const run = fc.record({ apt: oneOf(true, true, true, true, false), index });
const task = fc.record({ apt: fc.boolean(), index });

/** An optional value, omitted `weight` times for each time it is given. */
const sometimes = <T>(weight: number, given: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: given });

const retryStrategies = [
  { kind: "none" },
  { kind: "fixed", base_seconds: 0 },
  { kind: "fixed", base_seconds: 7 },
  { kind: "exponential", base_seconds: 3, factor: 2, max_seconds: 10 },
  { kind: "exponential", base_seconds: 2, factor: 3 },
  { kind: null },
];
const refusedStrategies = [{ kind: "linear" }, null];

const options = fc.record({
  headers: sometimes(3, oneOf<unknown>({ trace: "a", none: null }, null)),
  retry_strategy: sometimes(
    1,
    oneOf<unknown>(...retryStrategies, ...retryStrategies, ...refusedStrategies),
  ),
  max_attempts: sometimes(1, oneOf(null, 1, 1, 2, 3, 5, 5, 0)),
  cancellation: sometimes(
    2,
    oneOf<unknown>(
      { max_delay: 25 },
      { max_duration: 40 },
      { max_duration: 9 },
      { max_delay: 15, max_duration: 20 },
      { max_duration: null },
      "scalar",
    ),
  ),
  idempotency_key: sometimes(5, oneOf("k1", "k2", "")),
}) as fc.Arbitrary<SpawnOptions>;

const command = <D extends Command["do"]>(
  name: D,
  rest: { [K in keyof Omit<Extract<Command, { do: D }>, "do">]: fc.Arbitrary<unknown> },
) => fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<Command>;

const weighted: [number, fc.Arbitrary<Command>][] = [
  [8, command("spawn", { options })],
  [
    12,
    command("claim", {
      worker: oneOf("ann", "bob"),
      lease: oneOf(10, 10, 30, 60, 0),
      quantity: oneOf(1, 2, 4, 4, 0),
    }),
  ],
  [4, command("checkpoint", { run, step, state: value, extendBy: oneOf(null, null, 0, 5, 50) })],
  [3, command("schedule", { run, in: oneOf(-5, 0, 4, 12, Number.POSITIVE_INFINITY) })],
  [9, command("await", { run, step, event, timeout: oneOf(null, null, 0, 6, 20) })],
  [4, command("emit", { event, payload: value })],
  [3, command("complete", { run, result: value })],
  [5, command("fail", { run, reason: value, retryIn: oneOf(null, null, null, -60, 9) })],
  [2, command("extend", { run, seconds: oneOf(0, 3, 40) })],
  [
    4,
    command("retry", {
      task,
      options: fc.record({
        max_attempts: sometimes(2, oneOf(0, 1, 2, 6)),
        spawn_new: fc.boolean(),
      }),
    }),
  ],
  [2, command("cancel", { task })],
  [7, command("advance", { seconds: oneOf(1, 3, 7, 12, 31) })],
  [1, command("cleanup tasks", { ttl: oneOf(0, 20), limit: oneOf(1, 3, 1000) })],
  [3, command("cleanup events", { ttl: oneOf(0, 20), limit: oneOf(1, 1000) })],
  [1, command("list checkpoints", { run })],
  [1, command("get result", { task })],
];

/** Interleavings of up to `length` commands, chosen by weight; a failing one shrinks to the relevant commands. */
export const interleavings = (length: number): fc.Arbitrary<Command[]> =>
  fc.noBias(
    fc.array(fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
      maxLength: length,
      size: "max",
    }),
  );
