import { Fact, Facts } from "@/components/ui/data/facts";
import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { printExactly } from "@/components/ui/json/json-model";
import { plural } from "@/lib/format";
import { listInputs } from "@/lib/highway/model/inputs";
import { hasErrors, type Problem } from "@/lib/highway/model/problem";
import { findStart } from "@/lib/highway/model/reach";
import { topScope } from "@/lib/highway/model/scopes";
import type { Workflow } from "@/lib/highway/model/workflow";

/** Description, settings and inputs of a workflow. */
export function DefinitionAbout({
  workflow,
  problems,
}: {
  workflow: Workflow | undefined;
  problems: readonly Problem[];
}) {
  if (!workflow)
    return <p className="p-3 text-ink-3 wide:px-4">The definition cannot be parsed.</p>;
  const { description, schedule, tags, default_retry_policy: retries } = workflow;
  const inputs = listInputs(workflow);
  return (
    <div className="grid items-start gap-3 p-3 wide:px-4">
      {hasErrors(problems) && (
        <p className="rounded-2 border border-failed-line bg-failed-soft px-3 py-2">
          Runs cannot be started because the definition has errors. See Problems.
        </p>
      )}
      {description && (
        <p dir="auto" className="max-w-prose whitespace-pre-line break-words text-left">
          {description}
        </p>
      )}
      <Facts>
        <Fact label="First step">
          <bdi className="mono break-all">{findStart(topScope(workflow)) ?? "–"}</bdi>
        </Fact>
        {retries && (
          <Fact label="Default retries">
            {retries.max_retries}, after {retries.delay}, × {retries.backoff_factor}
          </Fact>
        )}
        {schedule && (
          <Fact label="Schedule">
            <code className="mono">{schedule}</code> UTC (not scheduled automatically)
          </Fact>
        )}
        {workflow.is_paused && <Fact label="Paused">in the definition</Fact>}
        {tags.length > 0 && <Fact label="Tags">{tags.join(", ")}</Fact>}
      </Facts>
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
                    {value === undefined ? (
                      <span className="text-ink-2">required</span>
                    ) : (
                      <code className="mono line-clamp-4 break-all">{printExactly(value)}</code>
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
