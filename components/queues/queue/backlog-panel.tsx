import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { CountText, NumberText } from "@/components/ui/text/count";
import { CutName } from "@/components/ui/text/cut-name";
import { Link } from "@/components/ui/text/link";
import { isBacklog } from "@/lib/diagnosis/concerns";
import { describeDrain } from "@/lib/diagnosis/drain";
import { formatNumber, plural } from "@/lib/format";
import { type Iso, toMs } from "@/lib/model/instants";
import type { Queue } from "@/lib/model/queue";
import type { QueueFlow } from "@/lib/model/rows/flow";
import { CUT_NAME, isCutName, splitCutName } from "@/lib/model/rows/shown-name";
import { serializeTaskFilters } from "@/lib/search-params/tasks/filters";

/** Shows whether a backlog grows or drains and who works on it; renders nothing without a backlog. */
export function BacklogPanel({
  queue,
  now,
  flow,
}: {
  queue: Queue;
  now: Iso;
  /** Arrivals and claims, as of `at`. */
  flow: { of: QueueFlow; at: Iso } | undefined;
}) {
  const { oldestReadyAt, ready, active, name } = queue;
  if (!flow || oldestReadyAt === null || !isBacklog(oldestReadyAt, toMs(now))) return null;
  const { arrived, claimed, workers, hiddenWorkers } = flow.of;
  return (
    <Panel title="Backlog" note="last 5 min">
      <div className="flex flex-col gap-2 px-3 py-2">
        <p className="font-medium">{describeDrain(ready, flow.of, flow.at)}</p>
        <Facts>
          <Fact label="Ready now">
            <NumberText value={ready} />
          </Fact>
          <Fact label="Arrived, with retries">
            <CountText count={arrived} />
          </Fact>
          <Fact label="Claimed">
            <NumberText value={claimed} />
          </Fact>
        </Facts>
        {active.sleeping > 0 && (
          <p className="text-12 text-ink-3">
            Attempts that were suspended since their claim are not counted as claimed.
          </p>
        )}
        {workers.length === 0 ? (
          <p className="text-12 text-ink-3">
            No worker holds a task of {name}, or finished one in the last 5 min.
          </p>
        ) : (
          <ul aria-label={`Workers of ${name}`} className="flex flex-wrap gap-x-6 gap-y-1 text-12">
            {workers.map((worker) => (
              <li key={worker.name} className="flex min-w-0 items-baseline gap-2">
                {worker.name === "" ? (
                  <span className="text-ink-3">unnamed</span>
                ) : isCutName(worker.name) ? (
                  <span className="mono min-w-0">
                    <CutName {...splitCutName(worker.name)} tip={CUT_NAME} />
                  </span>
                ) : (
                  <Link
                    href={`/tasks${serializeTaskFilters({ queue: [name], worker: [worker.name] })}`}
                    className="mono min-w-0 break-all hover:text-accent-text hover:underline"
                  >
                    {worker.name}
                  </Link>
                )}
                <span className="shrink-0 text-ink-3">
                  {formatNumber(worker.running)} running, {formatNumber(worker.ended)} finished
                </span>
              </li>
            ))}
            {hiddenWorkers > 0 && (
              <li className="text-ink-3">and {plural(hiddenWorkers, "other worker")}</li>
            )}
          </ul>
        )}
      </div>
    </Panel>
  );
}
