import type { Command } from "./commands";

const it = { apt: true, index: 0 };
const spawn = (options = {}): Command => ({ do: "spawn", options });
const claim: Command = { do: "claim", worker: "ann", lease: 10, quantity: 1 };
const fail: Command = { do: "fail", run: it, reason: null, retryIn: null };
const advance = (seconds: number): Command => ({ do: "advance", seconds });
const emit: Command = { do: "emit", event: "sun", payload: '{"v": 1}' };
const wait = (step: string, event: string, timeout: number | null): Command => ({
  ...{ do: "await", run: it, step, event, timeout },
});
const stopwatch = (max_duration: number, base_seconds: number) => ({
  retry_strategy: { kind: "fixed", base_seconds },
  cancellation: { max_duration },
});

/** Scenarios that random interleavings rarely find. They run, and shrink, like the random ones. */
export const SCENARIOS: Record<string, Command[]> = {
  "a retry would outlast the task": [spawn(stopwatch(9, 7)), claim, advance(3), fail],
  "a retry would end the task's time exactly": [
    ...[spawn(stopwatch(10, 7)), claim, advance(3), fail],
  ],
  "a running task outlasts its time": [spawn(stopwatch(9, 7)), claim, advance(12), claim],
  "a task starts too late": [spawn({ cancellation: { max_delay: 25 } }), advance(31), claim],
  "a worker dies": [spawn(), claim, advance(12), claim],
  "a wait times out, is noticed once and begun again": [
    ...[spawn(), claim, wait("one", "sun", 6), advance(7), claim],
    ...[wait("one", "sun", 6), wait("one", "sun", 6)],
  ],
  "an emit comes after the deadline": [
    ...[spawn(), claim, wait("one", "sun", 6), advance(7), emit, claim],
  ],
  "a woken run waits for something else": [
    ...[spawn(), claim, wait("one", "sun", null), emit, claim, wait("two", "moon", 20)],
  ],
  "a failed task gets another attempt, then a successor": [
    ...[spawn({ max_attempts: 1 }), claim, fail],
    ...[{ do: "retry", task: it, options: {} } as const, claim, fail],
    ...[{ do: "retry", task: it, options: { spawn_new: true } } as const, claim],
  ],
};
