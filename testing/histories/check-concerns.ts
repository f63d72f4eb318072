import type { Concern } from "@/lib/diagnosis/concerns";
import type { Queue } from "@/lib/model/queue";
import type { Oracle } from "./oracle";

/** Checks a queue's counts and concerns against every row. */
export function checkConcerns(
  concerns: readonly Concern[],
  queues: readonly Queue[],
  { history, picture, at, heldWithinLease, lastClaim }: Oracle,
): void {
  const queue = queues.find(({ name }) => name === history.queue);
  const is = (state: string) => picture.runs.filter((run) => run.state === state);
  const ready = [...is("pending"), ...is("sleeping")].filter((run) => run.due <= at);
  const oldest = Math.min(...ready.map((run) => run.due));
  const texts = concerns.filter((one) => one.queue === history.queue).map(({ text }) => text);
  const fail = (what: string) => {
    throw new Error(`${what}\n${texts.join("\n")}\n${JSON.stringify(queue)}`);
  };
  if (queue?.ready !== ready.length) fail(`${ready.length} runs are ready`);
  if (queue?.active.running !== is("running").length) fail("Another number is running");
  const backlog = texts.find((text) => / ready, oldest for /.test(text));
  if ((backlog !== undefined) !== (ready.length > 0 && at - oldest >= 60_000))
    fail("The backlog is not as it was");
  if (backlog && !backlog.startsWith(`${ready.length} task`)) fail("Another backlog");
  if (
    backlog?.includes("no worker is claiming") &&
    (heldWithinLease.length > 0 || (lastClaim?.at ?? 0) >= oldest)
  )
    fail("A worker is claiming");
  if (backlog?.includes("no claim is on record") && lastClaim) fail("There was a claim");
  if (backlog?.includes(" running on ") && heldWithinLease.length === 0) fail("Nothing is running");
  const expired = is("running").length - heldWithinLease.length;
  if (texts.some((text) => text.includes("expired lease")) !== expired > 0)
    fail(`${expired} leases have expired`);
}
