"use client";
import { useState } from "react";
import { TaskPayload } from "@/components/payloads/task-payload";
import { EmptyState } from "@/components/ui/feedback/empty-state";
import { Icon } from "@/components/ui/icons/icon";
import { useZone } from "@/components/ui/text/zone";
import { cn } from "@/lib/cn";
import {
  formatDuration,
  formatExactClock,
  formatInstant,
  formatNumber,
  formatSize,
  plural,
} from "@/lib/format";
import { type Iso, toMs } from "@/lib/model/instants";
import type { Checkpoint, TaskDetail } from "@/lib/model/task";
import { buildTimeline } from "@/lib/timeline/build-timeline";
import { Omitted } from "./omitted";

/** Rows per batch; a task with many steps shows more on demand. */
const BATCH = 200;

/** Recorded steps in order, each with its value and the attempt that wrote it. */
export function StepList({ detail }: { detail: TaskDetail }) {
  const [shown, setShown] = useState(BATCH);
  const { checkpoints, runs, task } = detail;
  const attempts = new Map(runs.map((run) => [run.runId, run.attempt]));
  const durations = listDurations(detail);
  if (checkpoints.length === 0) {
    return (
      <EmptyState icon="list-tree" title="No steps yet">
        A step appears here when its result is stored.
      </EmptyState>
    );
  }
  return (
    <>
      <Omitted detail={detail} of="checkpoints" />
      <Sums checkpoints={checkpoints} />
      <div
        aria-hidden
        className={cn(
          ROW,
          "hidden h-7 border-b bg-canvas font-medium text-12 text-ink-3 wide:grid",
        )}
      >
        <span className="col-start-2 text-right">#</span>
        <span>Step</span>
        <span>Value</span>
        <span>Written by</span>
        <span className="text-right">Size</span>
        <span className="text-right">Duration</span>
        <span className="text-right" data-tip="Since the checkpoint before">
          Δ
        </span>
        <span className="text-right">Recorded</span>
      </div>
      <ol>
        {checkpoints.slice(0, shown).map((checkpoint, index) => (
          <Step
            key={checkpoint.name}
            number={index + 1}
            checkpoint={checkpoint}
            before={checkpoints[index - 1]}
            duration={durations.get(checkpoint.name)}
            attempt={checkpoint.ownerRunId ? attempts.get(checkpoint.ownerRunId) : undefined}
            last={detail.task.attempts}
            queue={task.queue}
            taskId={task.taskId}
          />
        ))}
      </ol>
      {checkpoints.length > shown && (
        <button
          type="button"
          onClick={() => setShown(shown + BATCH)}
          className="min-h-11 px-4 text-accent-text hover:underline wide:min-h-8"
        >
          Show more ({formatNumber(shown)} of {formatNumber(checkpoints.length)})
        </button>
      )}
    </>
  );
}

/** Maximum number of sums shown, most frequent first. */
const SUMS = 8;

/** Total consumption of the steps, by the names of numbers in their values. */
function Sums({ checkpoints }: { checkpoints: readonly Checkpoint[] }) {
  const sums = sumQuantities(checkpoints);
  if (sums.length === 0) return null;
  const unread = checkpoints.filter(({ state }) => state && state.text === undefined).length;
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-0.5 border-line-subtle border-b px-3 py-1.5 text-12 wide:px-4">
      <span className="text-ink-3">
        Sums of listed values{unread > 0 && `, without ${plural(unread, "large value")}`}
      </span>
      <dl className="contents">
        {sums.slice(0, SUMS).map(({ path, total, steps }) => (
          <div
            key={path}
            className="flex min-w-0 gap-1"
            data-tip={`${path}, in ${plural(steps, "step")}`}
          >
            <dt className="mono truncate text-ink-2">{path}</dt>
            <dd className="font-medium tabular-nums">{formatTotal(total)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Twelve digits, because sums of decimal fractions aren't exact beyond that. */
function formatTotal(total: number): string {
  return Number(total.toPrecision(12)).toLocaleString("en-US", { maximumFractionDigits: 12 });
}

type Sum = { path: string; total: number; steps: number };

/** Names of quantities. Sums of ids, years or ports would be meaningless. */
const QUANTITY =
  /[tT]okens?$|[cC]ost|[pP]rice|[aA]mount|([uU]sd|USD|[eE]ur|EUR)$|[bB]ytes?$|[sS]econds?$|(^|_)(ms|millis|count|rows|items|pages|calls|requests|retries|credits)$|(Ms|Count|Rows|Items|Pages|Calls|Requests|Retries|Credits)$/;

/**
 * Sums of numbers in the values of two or more steps, by path, most frequent first. Elements of arrays share one path.
 */
export function sumQuantities(checkpoints: readonly Pick<Checkpoint, "state">[]): Sum[] {
  const sums = new Map<string, Sum>();
  for (const { state } of checkpoints) {
    if (state?.text === undefined) continue;
    const seen = new Set<string>();
    for (const [path, value] of listQuantities(parseJson(state.text))) {
      const sum = sums.get(path) ?? { path, total: 0, steps: 0 };
      sums.set(path, {
        path,
        total: sum.total + value,
        steps: sum.steps + (seen.has(path) ? 0 : 1),
      });
      seen.add(path);
    }
  }
  return [...sums.values()]
    .filter(({ steps, total }) => steps > 1 && Number.isFinite(total))
    .toSorted((one, other) => other.steps - one.steps || (one.path < other.path ? -1 : 1));
}

/** Limits the recursion; no quantity is nested deeper. */
const DEPTH = 20;

function* listQuantities(value: unknown, path = "", depth = 0): Generator<[string, number]> {
  if (typeof value === "number" && QUANTITY.test(path.slice(path.lastIndexOf(".") + 1)))
    yield [path, value];
  if (typeof value !== "object" || value === null || depth === DEPTH) return;
  for (const [key, member] of Object.entries(value)) {
    const step = Array.isArray(value) ? "[]" : `${path && "."}${key}`;
    yield* listQuantities(member, path + step, depth + 1);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The columns of wide screens. */
const ROW =
  "wide:grid-cols-[20px_32px_minmax(0,2fr)_minmax(0,3fr)_84px_76px_84px_84px_116px] wide:gap-x-2 wide:px-4 items-center";

type StepDuration = { ms: number; atMost: boolean };

/** Duration of each step. Without a recorded start it is an upper bound: the time since the preceding event. */
export function listDurations(detail: TaskDetail): Map<string, StepDuration> {
  const durations = new Map<string, StepDuration>();
  for (const { spans } of buildTimeline(detail).lanes)
    for (const span of spans)
      if ("step" in span && span.end !== "open")
        durations.set(span.step, {
          ms: span.to - span.from,
          atMost: span.start === "inferred" || span.end === "inferred",
        });
  return durations;
}

function Step({
  number,
  checkpoint,
  before,
  duration,
  attempt,
  last,
  queue,
  taskId,
}: {
  number: number;
  checkpoint: Checkpoint;
  before: Checkpoint | undefined;
  duration: StepDuration | undefined;
  attempt: number | undefined;
  last: number;
  queue: string;
  taskId: string;
}) {
  const [open, setOpen] = useState(false);
  const { name, state, updatedAt } = checkpoint;
  return (
    <li className="border-line-subtle border-b">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={cn(
          ROW,
          "grid min-h-11 w-full grid-cols-[20px_minmax(0,1fr)_auto] gap-x-2 px-3 text-left -outline-offset-2 hover:bg-hover wide:min-h-8",
        )}
      >
        <Icon name={open ? "chevron-down" : "chevron-right"} size={14} className="text-ink-3" />
        <span className="hidden text-right text-12 text-ink-3 wide:block">{number}</span>
        <code dir="auto" className="mono truncate text-left" data-tip={name}>
          {name}
        </code>
        <code className="mono hidden truncate text-ink-3 wide:block">{preview(state)}</code>
        <span
          className={cn(
            "hidden text-12 wide:block",
            attempt === last ? "text-ink-2" : "text-ink-3",
          )}
          data-tip={attempt === undefined ? "The attempt that wrote it is not recorded" : undefined}
        >
          {attempt === undefined ? "–" : `attempt ${attempt}`}
        </span>
        <span className="hidden text-right text-12 text-ink-3 wide:block">
          {state ? formatSize(state) : "NULL"}
        </span>
        <span className="hidden text-right text-12 text-ink-2 wide:block">
          {duration &&
            (duration.atMost ? (
              <span data-tip="Its start is not recorded: no longer than since what precedes it">
                &le; {formatDuration(duration.ms)}
              </span>
            ) : (
              formatDuration(duration.ms)
            ))}
        </span>
        <span className="hidden text-right text-12 text-ink-3 wide:block">
          {before && formatDuration(Math.max(toMs(updatedAt) - toMs(before.updatedAt), 0))}
        </span>
        <span className="text-right text-12 text-ink-2">
          <Recorded iso={updatedAt} before={before?.updatedAt} />
        </span>
      </button>
      {open && (
        <div className="border-line-subtle border-t bg-canvas pl-4 wide:pl-10">
          <TaskPayload
            queue={queue}
            taskId={taskId}
            of={{ of: "checkpoint", name }}
            payload={state}
            absent="SQL NULL: the step returned no value"
          />
        </div>
      )}
    </li>
  );
}

/** The time of day, with the date if it differs from the previous step's. */
function Recorded({ iso, before }: { iso: Iso; before: Iso | undefined }) {
  const zone = useZone();
  const whole = formatInstant(iso, zone);
  const isSameDay =
    before !== undefined && whole.slice(0, 10) === formatInstant(before, zone).slice(0, 10);
  return (
    <time dateTime={iso} data-tip={`${whole} ${zone}`} className="whitespace-nowrap">
      {isSameDay || before === undefined ? formatExactClock(iso, zone) : whole}
    </time>
  );
}

/** Short summary of a value: its `content`, `message` or `error`, otherwise its first characters. */
export function preview(state: Checkpoint["state"]): string {
  if (state?.text === undefined) return state ? "large" : "";
  for (const key of ["error", "message", "content"]) {
    const found = SAYS[key]?.exec(state.text)?.[1];
    if (found !== undefined) return unquote(found).slice(0, 160);
  }
  return state.text.slice(0, 160);
}

/** Matches a text property on an object's first level, before any nested value. */
const SAYS: Record<string, RegExp> = Object.fromEntries(
  ["error", "message", "content"].map((key) => [
    key,
    new RegExp(`^\\s*\\{[^{}\\[\\]]*?"${key}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`),
  ]),
);

function unquote(text: string): string {
  const value: unknown = JSON.parse(text);
  return typeof value === "string" ? value : text;
}
