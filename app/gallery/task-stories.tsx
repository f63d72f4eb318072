"use client";
import { useState } from "react";
import { FailureRow } from "@/components/failures/failure-row";
import { NewRows } from "@/components/layout/list/live-row-marks";
import { QUEUE_COLUMNS } from "@/components/queues/list/queue-columns";
import { QueueTable } from "@/components/queues/list/queue-table";
import { AttemptList } from "@/components/task/attempts/attempt-list";
import { StepList } from "@/components/task/step-list";
import { Verdict } from "@/components/task/verdict";
import { TaskTable } from "@/components/tasks/list/task-table";
import { SelectionBar } from "@/components/tasks/selection/selection-bar";
import { useSelection } from "@/components/tasks/selection/use-selection";
import { StateBadge, StateLabel } from "@/components/tasks/state/state-label";
import { TaskTimeline } from "@/components/timeline/task-timeline";
import { Panel } from "@/components/ui/data/panel";
import { Button } from "@/components/ui/form/button";
import { JsonView } from "@/components/ui/json/json-view";
import { ClockProvider } from "@/components/ui/text/clock";
import { RunTable } from "@/components/workflows/list/run-table";
import { TASK_STATES } from "@/lib/model/states";
import type { TaskSummary } from "@/lib/model/task";
import type { TaskSort } from "@/lib/search-params/tasks/sort";
import { failureFilters } from "@/lib/search-params/windows";
import {
  failureGroup,
  hugeJson,
  LONG_NAME,
  queue,
  REORDERED_NAME,
  RTL_NAME,
  repeat,
  summarize,
  workflowRun,
} from "./factories";
import { NOW, type Recordings, type Story } from "./story";

/** Recordings of every state, with the longest of their sentences. */
const LISTED = [
  "running",
  "lease-expired",
  "queued",
  "queued-max-delay-overdue",
  "backoff-exponential",
  "sleeping-durable",
  "event-wait-limited",
  "failed-exhausted",
  "failed-strategy-invalid",
  "completed-after-retries",
  "cancelled-instead-of-retried",
];

/** The parts of the pages of many tasks, with the rows of recorded ones. */
export function listTaskStories(recordings: Recordings): Story[] {
  const details = recordings.map(([, detail]) => detail);
  // The recordings have the same ids.
  const rows = repeat(
    details.map((detail) => summarize(detail)),
    details.length,
  );
  const byName = new Map(recordings.map(([name], index) => [name, rows[index]]));
  return [
    {
      name: "States",
      content: (
        <div className="flex flex-wrap gap-4">
          {TASK_STATES.map((state) => (
            <span key={state} className="flex items-center gap-2">
              <StateLabel state={state} />
              <StateBadge state={state} />
            </span>
          ))}
        </div>
      ),
    },
    { name: "Tasks", content: <Tasks rows={LISTED.flatMap((name) => byName.get(name) ?? [])} /> },
    {
      name: "Tasks with long and right-to-left names",
      content: (
        <Tasks
          rows={[LONG_NAME, RTL_NAME, REORDERED_NAME].flatMap((name, index) => {
            const row = rows[index];
            return row
              ? [
                  {
                    ...row,
                    name,
                    queue: LONG_NAME,
                    tenantId: RTL_NAME,
                    columns: { "params.id": LONG_NAME },
                  },
                ]
              : [];
          })}
          paths={["params.id"]}
        />
      ),
    },
    { name: "Workflow runs that stay in place", content: <Runs /> },
    { name: "Error groups", content: <Failures /> },
    {
      name: "Queues",
      content: (
        <QueueTable
          now={NOW}
          throughput={undefined}
          columns={Object.keys(QUEUE_COLUMNS) as (keyof typeof QUEUE_COLUMNS)[]}
          queues={[
            queue(),
            queue({ name: LONG_NAME, ready: 0, oldestReadyAt: null }),
            queue({ name: RTL_NAME, expiredLeases: 52, overdueSleepers: 3 }),
            queue({ name: "closed", unreadable: "not_permitted" }),
          ]}
        />
      ),
    },
  ];
}

/** The parts of the page of one task, for recorded tasks. */
export function listTaskPageStories(recordings: Recordings): Story[] {
  return [
    ...recordings.map(([name, detail]) => ({
      name: `Verdict, ${name}`,
      content: (
        <ClockProvider now={detail.now}>
          <Verdict detail={detail} action={(suggested) => <Button>{suggested.kind}</Button>} />
        </ClockProvider>
      ),
    })),
    ...["order-with-everything", "failed-exhausted", "sleeping-durable", "queued"].flatMap(
      (name) => {
        const detail = recordings.find((one) => one[0] === name)?.[1];
        return detail
          ? [
              {
                name: `Timeline, ${name}`,
                content: (
                  <ClockProvider now={detail.now}>
                    <div className="border bg-surface">
                      <TaskTimeline detail={detail} />
                    </div>
                  </ClockProvider>
                ),
              },
              {
                name: `Attempts, ${name}`,
                content: (
                  <ClockProvider now={detail.now}>
                    <AttemptList detail={detail} />
                  </ClockProvider>
                ),
              },
              { name: `Steps, ${name}`, content: <StepList detail={detail} /> },
            ]
          : [];
      },
    ),
  ];
}

/** Stories that take a moment to render. Their rows and lines are those of other sections, many times. */
export function listLargeStories(recordings: Recordings): Story[] {
  const rows = recordings.map(([, detail]) => summarize(detail));
  return [
    {
      name: "Two hundred tasks",
      content: (
        <div className="h-96 overflow-auto border">
          <Tasks rows={repeat(rows, 200)} />
        </div>
      ),
    },
    {
      name: "JSON of thousands of lines",
      content: (
        <div className="overflow-hidden rounded-2 border bg-surface">
          <JsonView text={hugeJson(2_000)} />
        </div>
      ),
    },
  ];
}

/** A minute after the recorded tasks were spawned: one lease has just expired, another one is about to. */
const RECORDED = "2026-03-02T14:01:04.000Z";
const STALE_SINCE = "2026-03-02T14:00:44.000Z";

function Tasks({ rows, paths = [] }: { rows: readonly TaskSummary[]; paths?: readonly string[] }) {
  const [sort, setSort] = useState<TaskSort>("newest");
  const selection = useSelection("gallery", rows);
  return (
    <ClockProvider now={RECORDED}>
      <div className="bg-surface">
        <TaskTable
          rows={rows}
          removed={new Set(rows[2] ? [`${rows[2].queue}/${rows[2].taskId}`] : [])}
          readAt={new Map()}
          stale={new Map(rows[3] ? [[`${rows[3].queue}/${rows[3].taskId}`, STALE_SINCE]] : [])}
          oneQueue={false}
          paths={paths}
          selection={selection}
          sort={sort}
          onSort={(change) => setSort(change.sort)}
        />
        {selection.picked.size > 0 && <SelectionBar selection={selection} paths={paths} />}
      </div>
    </ClockProvider>
  );
}

function Runs() {
  const [run, done, removed, stale] = ["1", "2", "3", "4"].map((last) =>
    workflowRun({ workflowRunId: `019b8d33-71d0-7e3a-9b14-5f0c88e1a42${last}` }),
  );
  if (!run || !done || !removed || !stale) return null;
  return (
    <div className="relative bg-surface">
      <NewRows count={3} limit={50} onShow={() => {}} />
      <RunTable
        rows={[
          { ...run, name: LONG_NAME },
          {
            ...done,
            name: RTL_NAME,
            status: "completed",
            completedAt: "2026-01-05T08:05:00.000Z",
          },
          removed,
          stale,
        ]}
        removed={new Set([removed.workflowRunId])}
        stale={new Map([[stale.workflowRunId, "2026-01-05T08:10:00.000Z"]])}
        tables={{ runs: true, definitions: true, createdAt: true, tenants: true }}
        onTag={() => {}}
      />
    </div>
  );
}

function Failures() {
  const [open, setOpen] = useState<string | null>("0123456789abcdef");
  const groups = [
    failureGroup(),
    failureGroup({ id: "long", taskName: LONG_NAME, pattern: `${LONG_NAME} failed `.repeat(4) }),
    failureGroup({ id: "rtl", taskName: RTL_NAME, errorName: null, pattern: REORDERED_NAME }),
    failureGroup({ id: "none", errorName: null, pattern: "", samples: [] }),
  ];
  return (
    <Panel title="Failures" note="4 error groups">
      <ul className="@container">
        {groups.map((group) => (
          <FailureRow
            key={group.id}
            group={group}
            filters={failureFilters({})}
            open={group.id === open}
            isRetried={false}
            onRetry={() => {}}
            onToggle={() => setOpen(group.id === open ? null : group.id)}
            selected={group.id === open}
            onSelect={() => {}}
          />
        ))}
      </ul>
    </Panel>
  );
}
