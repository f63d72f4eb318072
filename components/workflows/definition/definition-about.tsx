import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import type { WorkflowDefinitionView } from "@/lib/analytics/workflow-views";
import { formatDuration, formatNumber, plural } from "@/lib/format";
import { parseDuration } from "@/lib/highway/model/duration";
import type { Problem } from "@/lib/highway/model/problem";
import { DefinitionCircuits } from "./definition-circuits";
import { DefinitionSchedule } from "./definition-schedule";

/** Description, settings and inputs of a workflow. */
export function DefinitionAbout({
  definition: { report, view, circuits },
}: {
  definition: WorkflowDefinitionView;
}) {
  if (!report?.about) {
    const reason = (report === null && view?.unreadable) || "The definition cannot be parsed.";
    return <p className="p-3 text-ink-3 wide:px-4">{reason}</p>;
  }
  const refused = [
    ...report.problems.filter(({ severity }) => severity === "error"),
    ...report.notExecuted,
  ];
  const { about } = report;
  const nodes = view?.graph?.nodes ?? [];
  const { description, schedule, tags, default_retry_policy: retries, inputs } = about;
  return (
    <div className="grid items-start gap-3 p-3 wide:px-4">
      {refused.length > 0 && <Refused problems={refused} />}
      {description && (
        <p dir="auto" className="max-w-prose whitespace-pre-line break-words text-left">
          {description}
        </p>
      )}
      <Facts>
        <Fact label="First step">
          <bdi className="mono break-all">{about.firstStep ?? "–"}</bdi>
        </Fact>
        {retries && (
          <Fact label="Default retries">
            {plural(retries.max_retries, "retry", "retries")}, the first after{" "}
            {formatDuration((parseDuration(retries.delay) ?? 0) * 1_000)}
            {retries.backoff_factor !== 1 && `, then × ${retries.backoff_factor}`}
          </Fact>
        )}
        {about.deadline_seconds !== null && (
          <Fact label="Deadline">
            {formatDuration(about.deadline_seconds * 1_000)} after the first start, then{" "}
            {about.deadline_action === "cancel" ? "cancelled" : "failed"}
          </Fact>
        )}
        {tags.length > 0 && <Fact label="Tags">{tags.join(", ")}</Fact>}
      </Facts>
      {schedule && <DefinitionSchedule schedule={schedule} />}
      {nodes.some(({ hasBreaker }) => hasBreaker) && (
        <DefinitionCircuits nodes={nodes} circuits={circuits} />
      )}
      <Panel title="Inputs" note={inputs.length > 0 ? plural(inputs.length, "value") : undefined}>
        {inputs.length === 0 ? (
          <p className="px-3 py-2 text-ink-3">None.</p>
        ) : (
          <Table>
            <thead>
              <tr>
                <Th>Name</Th>
                <Th>Default</Th>
              </tr>
            </thead>
            <tbody>
              {inputs.map(({ name, default: value }) => (
                <tr key={name}>
                  <Td className="py-1.5 align-top">
                    <bdi className="mono">{name}</bdi>
                  </Td>
                  <Td className="w-full whitespace-normal! py-1.5 align-top">
                    {value === null ? (
                      <span className="text-ink-2">required</span>
                    ) : (
                      <code className="mono line-clamp-4 break-all">{value}</code>
                    )}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Panel>
    </div>
  );
}

const MOST_REFUSED = 10;

/** Explains why no run of the definition can be started. */
function Refused({ problems }: { problems: readonly Problem[] }) {
  const rest = problems.length - MOST_REFUSED;
  return (
    <section
      aria-label="Refused at the start"
      className="rounded-2 border border-failed-line bg-failed-soft px-3 py-2"
    >
      <p className="font-medium">Runs cannot be started:</p>
      <ul className="mt-1 flex flex-col gap-1">
        {problems.slice(0, MOST_REFUSED).map(({ path, message }) => (
          <li key={`${path} ${message}`} className="min-w-0 break-words">
            {message}{" "}
            <code className="mono inline-block max-w-full break-words text-ink-2">{path}</code>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="mt-1">And {formatNumber(rest)} more, under Problems.</p>}
    </section>
  );
}
