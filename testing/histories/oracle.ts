import { formatAge, formatCountdown, formatDuration } from "@/lib/format";
import type { History, Picture, RunRow } from "./history";
import type { Play } from "./play";

/** One cut through a history: what is true of a task at an instant, independent of what the dashboard read. */
export class Oracle {
  readonly play: Play;
  readonly history: History;
  readonly taskId: string;
  /** When the dashboard read the task, in milliseconds. */
  readonly at: number;

  constructor(play: Play, taskId: string) {
    this.play = play;
    this.history = play.history;
    this.taskId = taskId;
    this.at = play.clock;
  }

  get picture(): Picture {
    return this.history.now;
  }

  get runs(): RunRow[] {
    return this.picture.runs.filter((run) => run.taskId === this.taskId);
  }

  get run(): RunRow {
    const run = this.runs.at(-1);
    if (!run) throw new Error("Every task has an attempt.");
    return run;
  }

  get task() {
    const task = this.picture.tasks.find((one) => one.taskId === this.taskId);
    if (!task) throw new Error("The task exists.");
    return task;
  }

  /** Milliseconds since the run became ready; negative before. A sleeping run becomes ready when it is due. */
  get readySince(): number {
    return this.run.due;
  }

  get lastClaim() {
    return this.history.findLastAction("claim");
  }

  /** The state of the run before it ended. */
  get before(): RunRow | undefined {
    return this.history.statesOf(this.run.runId).at(-2)?.row;
  }

  isReady(run: RunRow): boolean {
    return (run.state === "pending" || run.state === "sleeping") && run.due <= this.at;
  }

  get heldWithinLease(): RunRow[] {
    return this.picture.runs.filter(
      ({ state, leaseEnd }) => state === "running" && (leaseEnd === null || leaseEnd > this.at),
    );
  }

  /** The state of the task if a worker claims at an instant and nothing else happens before. */
  async afterClaim(at: number) {
    const rows = await this.play.foresee<{ taskId: string; state: string; attempts: number }>(
      at,
      "select absurd.claim_task($1, 'oracle', 60, 1000)",
      [this.history.queue],
    );
    return rows && (rows.find((row) => row.taskId === this.taskId) ?? null);
  }

  error(attempt: number): string | undefined {
    const run = this.runs.find((one) => one.attempt === attempt);
    return (
      run && this.history.findLastAction("fail", (action) => action.runId === run.runId)?.error
    );
  }
}

type Check = (found: RegExpExecArray, oracle: Oracle) => boolean | Promise<boolean>;

const near = (shown: string | undefined, ms: number, format: (ms: number) => string) =>
  [-1, 0, 1].some((off) => format(ms + off) === shown);
const isAge = (shown: string | undefined, ms: number) => near(shown, ms, formatAge);
const isInstant = (shown: string | undefined, at: number) =>
  Math.abs(Date.parse(shown ?? "") - at) <= 1;

const AGE = String.raw`(\d+ (?:ms|s|min|h|d)(?: \d+ (?:s|min|h))?|\d+\.\d s)`;
const OF = String.raw`(\d+)(?: of (\d+))?`;
const ERROR = "(.+?)";

/** What the task does after its attempt fails, verified by letting a worker claim then. */
async function checkAfterFailure(text: string, oracle: Oracle, at: number): Promise<boolean> {
  const after = await oracle.afterClaim(at);
  // If every claim fails, another sentence reports it.
  if (after === null) return true;
  const retried = /^is retried as attempt (\d+)/.exec(text);
  if (retried) return after.attempts === Number(retried[1]) && after.state !== "failed";
  if (text.startsWith("fails")) return after.state === "failed";
  return text.startsWith("is cancelled") && after.state === "cancelled";
}

/** The sentences of a verdict, each with its condition on the full history. */
const VERDICTS: [sentence: RegExp, check: Check][] = [
  [
    /^Completed (?:on the first attempt|after (\d+) attempts), /,
    (found, { task, runs }) =>
      task.state === "completed" &&
      runs.length === Number(found[1] ?? runs.length) &&
      (found[1] !== undefined || runs.length === 1),
  ],
  [
    new RegExp(`^${AGE} after it was spawned\\.`),
    (found, { run, runs, history }) =>
      near(
        found[1],
        (history.statesOf(run.runId).at(-1)?.at ?? 0) - (runs[0]?.createdAt ?? 0),
        formatDuration,
      ),
  ],
  [
    /^Its (?:last )?wait(?:, for event (\w+),| for event (\w+)) timed out\./,
    (found, { history, run }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      const claim = history.findLastAction("claim", (action) => action.runId === run.runId);
      return (
        wait !== undefined &&
        wait.event === (found[1] ?? found[2]) &&
        claim !== undefined &&
        claim.at >= wait.deadline
      );
    },
  ],
  [
    new RegExp(`^Step (\\S+) was written ${AGE} after the end\\.`),
    (found, { history, run }) => {
      const end = history.statesOf(run.runId).at(-1)?.at ?? 0;
      const wrote = history.findLastAction("checkpoint", (action) => action.runId === run.runId);
      return (
        wrote !== undefined &&
        wrote.step === found[1] &&
        near(found[2], wrote.at - end, formatDuration)
      );
    },
  ],
  [
    new RegExp(
      `^Failed on attempt ${OF}: the lease of (\\S+) expired at (\\S+) without a heartbeat\\.`,
    ),
    (found, { run, task }) =>
      task.state === "failed" &&
      run.attempt === Number(found[1]) &&
      run.worker === found[3] &&
      isInstant(found[4], run.leaseEnd ?? 0),
  ],
  [
    new RegExp(`^Failed on attempt ${OF} with ${ERROR}\\.(?= |$)`),
    (found, oracle) =>
      oracle.task.state === "failed" &&
      oracle.run.attempt === Number(found[1]) &&
      oracle.error(Number(found[1])) === found[3],
  ],
  [
    /^No attempts left\./,
    async (_, { run, history, task }) =>
      task.state === "failed" && run.attempt === task.attempts && history.queue !== "",
  ],
  [
    /^No attempts left, and max_duration has passed: a retry in place would be cancelled at the next claim, so run it again as a new task\./,
    (_, { task }) => task.state === "failed",
  ],
  [
    /^It failed while suspended: .*? Rethrow SuspendTask\./,
    (_, { history, run }) =>
      history.findLastAction("fail", (action) => action.runId === run.runId)?.whileAsleep ===
        true ||
      history.findLastAction(
        "fail",
        (action) =>
          action.runId ===
          history.now.runs.find(
            (one) => one.taskId === run.taskId && one.attempt === run.attempt - 1,
          )?.runId,
      )?.whileAsleep === true,
  ],
  [
    new RegExp(
      `^Cancelled: the next retry would have exceeded max_duration \\(${AGE}\\)\\. Attempt ${OF} failed with ${ERROR}\\.(?= |$)`,
    ),
    (found, oracle) =>
      oracle.task.state === "cancelled" &&
      oracle.run.state === "failed" &&
      (oracle.error(Number(found[2])) ??
        "$ClaimTimeout: worker did not finish task within claim interval") === found[4],
  ],
  [
    new RegExp(
      `^Cancelled (while running|before it started|before attempt \\d+(?: of \\d+)? started|while waiting for event \\w+|while sleeping in step \\S+|while waiting for a worker)(?:, ${AGE} past its (max_\\w+) \\(${AGE}\\))?\\.(?= |$)`,
    ),
    (found, { before, history, run, task }) => {
      if (task.state !== "cancelled" || !before) return false;
      const [, doing = ""] = found;
      const slept = history.findLastAction("sleep", (action) => action.runId === run.runId);
      const waited = history.findLastAction("await", (action) => action.runId === run.runId);
      if (doing === "while running") return before.state === "running";
      if (doing.startsWith("before")) return before.startedAt === null;
      if (doing.startsWith("while waiting for event"))
        return before.state === "sleeping" && doing.endsWith(waited?.event ?? "?");
      if (doing.startsWith("while sleeping"))
        return before.state === "sleeping" && doing.endsWith(slept?.step ?? "?");
      return before.state !== "running" && before.startedAt !== null;
    },
  ],
  [
    /^The worker can continue until its next step, heartbeat or completion, which the engine rejects\./,
    (_, { before }) => before?.state === "running",
  ],
  [
    /^Its cancellation policy has max_duration: 1\.5, which is not a whole number\. Every claim on queue \S+ fails while this task is active; cancel it to unblock the queue\./,
    async (_, oracle) => (await oracle.afterClaim(oracle.at)) === null,
  ],
  [
    /^Every claim on queue \S+ fails, because task work has max_duration: 1\.5, which is not a whole number: cancel that task\./,
    async (_, oracle) => (await oracle.afterClaim(oracle.at)) === null,
  ],
  [
    new RegExp(
      `^Past its (max_\\w+) \\(${AGE}\\) since (\\S+)\\. The next claim on queue \\S+ cancels it(, and its worker stops at its next call)?\\. No claim in the last ${AGE}\\.`,
    ),
    async (found, oracle) => {
      const after = await oracle.afterClaim(oracle.at);
      const since = Date.parse(found[3] ?? "");
      return (
        (after === null || after.state === "cancelled") &&
        (oracle.lastClaim?.at ?? 0) <= since &&
        isAge(found[5], oracle.at - since) &&
        (found[4] !== undefined) === (oracle.run.state === "running")
      );
    },
  ],
  [
    new RegExp(
      `^Running on (\\S+) for ${AGE}( without a lease: if the worker is gone, nothing recovers the task)?\\.`,
    ),
    (found, { run, history, at }) => {
      const claim = history.findLastAction("claim", (action) => action.runId === run.runId);
      return (
        run.state === "running" &&
        claim !== undefined &&
        claim.worker === found[1] &&
        isAge(found[2], at - claim.at) &&
        (found[3] !== undefined) === (run.leaseEnd === null)
      );
    },
  ],
  [
    new RegExp(`^Last checkpoint (\\S+) ${AGE} ago\\.`),
    (found, { run, history, at }) => {
      const wrote = history.findLastAction("checkpoint", (action) => action.runId === run.runId);
      const woken = history.findLastAction("emit", (action) => action.event === found[1]);
      return wrote !== undefined && wrote.step === found[1]
        ? isAge(found[2], at - wrote.at)
        : woken !== undefined;
    },
  ],
  [
    /^Lease expires in ([\d:]+); without a heartbeat the attempt fails and the task ([^.]*(?:\.\d s)?)\.(?= |$)/,
    (found, oracle) => {
      const { run, at } = oracle;
      if (run.state !== "running" || run.leaseEnd === null || run.leaseEnd <= at) return false;
      if (!near(found[1], run.leaseEnd - at, formatCountdown)) return false;
      return checkAfterFailure(found[2] ?? "", oracle, run.leaseEnd);
    },
  ],
  [
    new RegExp(
      `^The lease of (\\S+) expired ${AGE} ago\\. The next claims on queue \\S+ fail this attempt, and the task ([^.;]*(?:\\.\\d s)?); the worker can still finish before that\\.`,
    ),
    (found, oracle) => {
      const { run, at } = oracle;
      if (run.state !== "running" || run.leaseEnd === null || run.leaseEnd > at) return false;
      return (
        run.worker === found[1] &&
        isAge(found[2], at - run.leaseEnd) &&
        checkAfterFailure(found[3] ?? "", oracle, at)
      );
    },
  ],
  [
    new RegExp(
      `^(?:Ready|Retry ${OF}: ready|Retried manually as attempt ${OF}: ready|Deferred by a worker until \\S+: ready) for ${AGE}`,
    ),
    (found, oracle) => {
      const { run, at, readySince, history } = oracle;
      const manual = found[3] !== undefined;
      const retried = history.findLastAction("retry", (action) => action.taskId === run.taskId);
      return (
        oracle.isReady(run) &&
        isAge(found[5], at - readySince) &&
        Number(found[1] ?? found[3] ?? run.attempt) === run.attempt &&
        (!manual || (retried !== undefined && Math.abs(retried.at - run.createdAt) <= 1))
      );
    },
  ],
  [/^, not claimed yet\./, (_, oracle) => oracle.isReady(oracle.run)],
  [
    /^, behind ([\d,]+)(\+?) other ready tasks?(?=\.)/,
    (found, { run, picture, at }) => {
      const earlier = picture.runs.filter(
        (other) =>
          (other.state === "pending" || other.state === "sleeping") &&
          other.due <= at &&
          (other.due < run.due || (other.due === run.due && other.runId < run.runId)),
      );
      const shown = Number(found[1]?.replace(",", ""));
      return found[2]
        ? earlier.length >= shown
        : Math.abs(earlier.length - shown) <= earlier.filter((one) => one.due === run.due).length;
    },
  ],
  [
    new RegExp(
      `^(?:\\. )?(\\d+) tasks? of this queue (?:is|are) running on (\\d+) workers?(?:; the last claim was ${AGE} ago)?\\.`,
    ),
    (found, { heldWithinLease, lastClaim, at }) =>
      heldWithinLease.length === Number(found[1]) &&
      new Set(heldWithinLease.map(({ worker }) => worker)).size === Number(found[2]) &&
      lastClaim !== undefined &&
      isAge(found[3], at - lastClaim.at),
  ],
  [
    new RegExp(`^(?:\\. )?The last claim on this queue was ${AGE} ago(?:, by (\\S+?))?\\.`),
    (found, { heldWithinLease, lastClaim, at }) =>
      heldWithinLease.length === 0 &&
      lastClaim !== undefined &&
      isAge(found[1], at - lastClaim.at) &&
      (found[2] === undefined || found[2] === lastClaim.worker),
  ],
  [
    new RegExp(
      `^(?:\\. )?Nothing has claimed from queue \\S+ since (\\S+), ${AGE} ago(?:, by (\\S+?))?\\.`,
    ),
    (found, { heldWithinLease, lastClaim, at }) =>
      heldWithinLease.length === 0 &&
      lastClaim !== undefined &&
      isInstant(found[1], lastClaim.at) &&
      isAge(found[2], at - lastClaim.at) &&
      (found[3] === undefined || found[3] === lastClaim.worker),
  ],
  [
    /^(?:\. )?Nothing has claimed from queue \S+: no claim is on record\./,
    (_, { lastClaim }) => lastClaim === undefined,
  ],
  [
    new RegExp(`^Woken(?: by (\\w+))? ${AGE} ago, waiting for a worker`),
    (found, { run, history, at }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      return (
        run.state === "pending" &&
        wait !== undefined &&
        (found[1] === undefined || found[1] === wait.event) &&
        isAge(found[2], at - run.due)
      );
    },
  ],
  [
    new RegExp(`^The wait for event (\\w+) timed out ${AGE} ago; waiting for a worker`),
    (found, { run, history, at }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      return (
        run.state === "sleeping" &&
        wait?.event === found[1] &&
        wait !== undefined &&
        isAge(found[2], at - wait.deadline)
      );
    },
  ],
  [
    /^The event was emitted at (\S+), too late for this wait\./,
    (found, { history, run }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      const emitted = history.actions.find(
        (action) => action.kind === "emit" && action.event === wait?.event,
      );
      return (
        wait !== undefined &&
        emitted !== undefined &&
        isInstant(found[1], emitted.at) &&
        emitted.at >= wait.deadline
      );
    },
  ],
  [
    new RegExp(
      `^Waiting for event (\\w+)(?: for ${AGE})?\\. Not emitted yet; (?:(no timeout)|times out in ${AGE})\\.`,
    ),
    (found, { run, history, at }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      return (
        run.state === "sleeping" &&
        wait?.event === found[1] &&
        wait !== undefined &&
        !history.actions.some((action) => action.kind === "emit" && action.event === found[1]) &&
        (found[2] === undefined || isAge(found[2], at - wait.at)) &&
        (found[3] === undefined ? isAge(found[4], wait.deadline - at) : wait.deadline === Infinity)
      );
    },
  ],
  [
    /^The attempt was suspended before; if its handler caught a timeout of this wait, it is waiting again\./,
    (_, { run, history }) =>
      history.actions.filter((action) => action.kind === "claim" && action.runId === run.runId)
        .length > 1,
  ],
  [
    new RegExp(`^Sleeping in step (\\S+) until (\\S+), for another ${AGE}\\.`),
    (found, { run, history, at }) => {
      const slept = history.findLastAction("sleep", (action) => action.runId === run.runId);
      return (
        run.state === "sleeping" &&
        slept?.step === found[1] &&
        isInstant(found[2], run.due) &&
        isAge(found[3], run.due - at)
      );
    },
  ],
  [
    new RegExp(`^Sleep (\\S+) ended ${AGE} ago; waiting for a worker`),
    (found, { run, history, at }) => {
      const slept = history.findLastAction("sleep", (action) => action.runId === run.runId);
      return run.state === "sleeping" && slept?.step === found[1] && isAge(found[2], at - run.due);
    },
  ],
  [
    new RegExp(`^Its worker's clock is about ${AGE} behind\\.`),
    (found, { run, history }) => {
      const behind =
        history.findLastAction("sleep", (action) => action.runId === run.runId)?.clockBehind ?? 0;
      return behind > 0 && isAge(found[1], behind);
    },
  ],
  [
    new RegExp(
      `^Claimed ${AGE} ago and deferred by a worker that seems not to know the task work; ready again (?:now|in ${AGE})\\. Deploy a worker that registers work\\.`,
    ),
    (_, { run, history }) => {
      const put = history.findLastAction("put-back", (action) => action.runId === run.runId);
      const slept = history.findLastAction("sleep", (action) => action.runId === run.runId);
      return run.state === "sleeping" && put !== undefined && put.at > (slept?.at ?? 0);
    },
  ],
  [
    new RegExp(
      `^Claimed ${AGE} ago and put back by its worker; ready again (?:now|in ${AGE})\\. Either the worker does not know the task work, or its clock is slow and it resumed the sleep before\\.`,
    ),
    (_, { run, history }) =>
      history.findLastAction("put-back", (action) => action.runId === run.runId) !== undefined,
  ],
  [
    new RegExp(
      `^Deferred by a worker(?: ${AGE} ago)?, outside a step, until (\\S+); ready again in ${AGE}\\.`,
    ),
    (found, { run, history }) =>
      isInstant(found[2], run.due) &&
      history.findLastAction("put-back", (action) => action.runId === run.runId) !== undefined,
  ],
  [
    new RegExp(`^Retry ${OF} in ${AGE}(?: \\([^)]*\\))?\\.`),
    (found, { run, at }) =>
      run.state === "sleeping" &&
      run.startedAt === null &&
      run.attempt === Number(found[1]) &&
      isAge(found[3], run.due - at),
  ],
  [
    new RegExp(`^Attempt (\\d+) failed with ${ERROR}\\.(?= |$)`),
    (found, oracle) =>
      (oracle.error(Number(found[1])) ??
        "$ClaimTimeout: worker did not finish task within claim interval") === found[2],
  ],
  [
    new RegExp(
      `^(?:${AGE} left of max_duration|Cancelled by max_delay unless it starts within ${AGE})\\.`,
    ),
    async (found, oracle) => {
      const limit = { max_duration: 0, max_delay: 0 };
      const shown = found[1] ?? found[2] ?? "";
      // No claim before the deadline cancels it, and one well after it does.
      const seconds = /^(?:(\d+) h)?\s?(?:(\d+) min)?\s?(?:(\d+) s)?$/.exec(shown);
      const left =
        (Number(seconds?.[1] ?? 0) * 3600 +
          Number(seconds?.[2] ?? 0) * 60 +
          Number(seconds?.[3] ?? 0)) *
        1000;
      const after = await oracle.afterClaim(oracle.at + left + 61_000);
      return limit.max_delay === 0 && (after === null || after.state === "cancelled");
    },
  ],
  [
    new RegExp(
      `^Hot loop: attempt (\\d+), with no limit on attempts and no delay between them; the last 10 failures are within ${AGE}\\.`,
    ),
    (found, { task }) => task.attempts === Number(found[1]),
  ],
  [
    /^Lease expires in ([\d:]+); max_duration cancels the task first\./,
    async (found, oracle) => {
      const { run, at } = oracle;
      const after = await oracle.afterClaim(run.leaseEnd ?? 0);
      return (
        near(found[1], (run.leaseEnd ?? 0) - at, formatCountdown) &&
        (after === null || after.state === "cancelled")
      );
    },
  ],
  [/^\./, () => true],
];

/** Throws an error with the sentence if the full history contradicts it, or if no rule covers it. */
export async function checkVerdict(text: string, oracle: Oracle): Promise<void> {
  await checkSentences(text, oracle, VERDICTS);
}

async function checkSentences(
  text: string,
  oracle: Oracle,
  rules: [RegExp, Check][],
): Promise<void> {
  let rest = text;
  while (rest !== "") {
    const rule = rules.find(([sentence]) => sentence.test(rest));
    const found = rule?.[0].exec(rest);
    if (!rule || !found) throw new Error(`No rule covers: ${rest}\nin: ${text}`);
    if (!(await rule[1](found, oracle)))
      throw new Error(`Contradicted by the history: ${found[0]}\nin: ${text}\n${describe(oracle)}`);
    rest = rest.slice(found[0].length).trimStart();
  }
}

function describe({ history, at, taskId, runs, task }: Oracle): string {
  const ids = new Set(runs.map((run) => run.runId));
  const actions = history.actions.filter((action) => !("runId" in action) || ids.has(action.runId));
  return JSON.stringify(
    { at: new Date(at), taskId, task, runs, actions: actions.slice(-12) },
    null,
    1,
  );
}

const LIST: [RegExp, Check][] = [
  [
    new RegExp(
      `^(?:retry ${OF} ready|woken · ready|timed out waiting for (\\w+) · ready|ready) for ${AGE}$`,
    ),
    (found, oracle) => {
      const wait = oracle.history.findLastAction(
        "await",
        (action) => action.runId === oracle.run.runId,
      );
      return (
        oracle.isReady(oracle.run) &&
        isAge(found[4], oracle.at - oracle.run.due) &&
        Number(found[1] ?? oracle.run.attempt) === oracle.run.attempt &&
        (found[3] === undefined || wait?.event === found[3])
      );
    },
  ],
  [
    new RegExp(`^waiting for (\\w+) · (?:no timeout|times out in ${AGE})$`),
    (found, { history, run, at }) => {
      const wait = history.findLastAction("await", (action) => action.runId === run.runId);
      return (
        wait?.event === found[1] &&
        wait !== undefined &&
        (found[2] === undefined ? wait.deadline === Infinity : isAge(found[2], wait.deadline - at))
      );
    },
  ],
  [
    new RegExp(`^retry ${OF} in ${AGE}$`),
    (found, { run, at }) =>
      run.startedAt === null && run.attempt === Number(found[1]) && isAge(found[3], run.due - at),
  ],
  [
    new RegExp(`^(?:sleeping, wakes in|overdue to wake by) ${AGE}$`),
    (found, { run, at }) =>
      run.state === "sleeping" && run.startedAt !== null && isAge(found[1], Math.abs(run.due - at)),
  ],
  [
    new RegExp(`^running ${AGE} · (?:lease ([\\d:]+)|no lease)$`),
    (found, { run, at }) =>
      run.state === "running" &&
      isAge(found[1], at - (run.startedAt ?? 0)) &&
      (found[2] === undefined
        ? run.leaseEnd === null
        : near(found[2], (run.leaseEnd ?? 0) - at, formatCountdown)),
  ],
  [
    new RegExp(`^lease expired ${AGE} ago$`),
    (found, { run, at }) => run.state === "running" && isAge(found[1], at - (run.leaseEnd ?? 0)),
  ],
  [
    new RegExp(`^${AGE} after it was spawned(?: · (\\d+) attempts)?$`),
    (found, { task, runs }) => task.state === "completed" && runs.length === Number(found[2] ?? 1),
  ],
  [
    /^cancelled before it started$/,
    (_, { runs, task }) =>
      task.state === "cancelled" && runs.every((run) => run.startedAt === null),
  ],
  [/^cancelled$/, (_, { task }) => task.state === "cancelled"],
  [
    /^lease of (\S+) expired$/,
    (found, { run, task }) => task.state === "failed" && run.worker === found[1],
  ],
  [
    new RegExp(`^max_duration reached after ${ERROR}$`),
    (_, { run, task }) => task.state === "cancelled" && run.state === "failed",
  ],
  [
    /^(.+)$/,
    (found, oracle) =>
      oracle.task.state === "failed" && oracle.error(oracle.run.attempt) === found[1],
  ],
];

/** Like `checkVerdict`, for the explanation in a row of a list. */
export async function checkListRow(text: string, oracle: Oracle): Promise<void> {
  await checkSentences(text, oracle, LIST);
}
