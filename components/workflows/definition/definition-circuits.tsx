import { Panel } from "@/components/ui/data/panel";
import { Table, Td, Th } from "@/components/ui/data/table";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { plural } from "@/lib/format";
import type { GraphNode } from "@/lib/highway/graph/graph";
import type { Circuit } from "@/lib/model/workflow";
import { CircuitState } from "../operators/circuit-state";
import { CloseCircuit } from "../operators/close-circuit";

/** The circuit breakers of a definition. All versions of the workflow share them. */
export function DefinitionCircuits({
  nodes,
  circuits,
}: {
  nodes: readonly GraphNode[];
  circuits: readonly Circuit[];
}) {
  const guarded = nodes.filter(({ hasBreaker }) => hasBreaker);
  const byOperator = new Map(circuits.map((circuit) => [circuit.operator, circuit]));
  return (
    <Panel
      title="Circuit breakers"
      note={`${plural(guarded.length, "operator")}, shared by all versions and runs`}
    >
      <Table>
        <thead>
          <tr>
            <Th>Operator</Th>
            <Th>State</Th>
            <Th>Changed</Th>
            <Th>
              <span className="sr-only">Close</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {guarded.map(({ path }) => {
            const circuit = byOperator.get(path);
            return (
              <tr key={path}>
                <Td className="mono">{path}</Td>
                <Td className="w-full whitespace-normal!">
                  {circuit ? <CircuitState circuit={circuit} /> : "closed, nothing counted"}
                </Td>
                <Td>{circuit && <RelativeTime iso={circuit.updatedAt} />}</Td>
                <Td className="py-1">{circuit && <CloseCircuit circuit={circuit} />}</Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Panel>
  );
}
