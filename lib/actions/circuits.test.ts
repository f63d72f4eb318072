import { beforeAll, expect, test, vi } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { listCircuits } from "@/lib/analytics/workflow-circuits";
import { getDefinitionView, getRunView } from "@/lib/analytics/workflow-views";
import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import { storeWorkflow } from "@/lib/highway/run/store";
import { Bench } from "@/lib/highway/testing/bench";
import type { Circuit } from "@/lib/model/workflow";
import { openTestDatabase } from "@/testing/dashboard-database";
import { closeCircuitAction } from "./circuits";

const queue = "circuits";
const database = openTestDatabase({ settings: { DASHBOARD_OPERATOR: "ada" } });
vi.spyOn(console, "info").mockImplementation(() => {});
beforeAll(() => createQueue(database.pool, queue));

/** A workflow whose only call has failed often enough to open its circuit. */
async function openCircuit(name: string) {
  const service = { isDown: true, calls: 0 };
  const f = () => {
    service.calls += 1;
    if (service.isDown) throw new Error("down");
    return "up";
  };
  const bench = new Bench(database.pool, queue, { functions: { f } });
  const circuitBreakerPolicy = { failureThreshold: 1, isolationDuration: 3600 };
  const workflow = new WorkflowBuilder(name)
    .foreach("each", "[1]", (body) => body.task("pay", "f", { circuitBreakerPolicy }))
    .build();
  const run = async () => {
    const { taskId, workflowRunId } = await bench.start(workflow);
    await bench.finish(taskId);
    return workflowRunId;
  };
  const workflowRunId = await run();
  const { operators } = await getRunView(workflowRunId);
  const circuit = operators["each/pay"]?.circuit;
  if (!circuit) throw new Error("no circuit");
  return { service, workflow, run, workflowRunId, circuit };
}

const close = ({ tenantId, workflowName, operator, revision }: Circuit) =>
  closeCircuitAction({ tenantId, workflowName, operator, revision, reason: "service is back" });

test("an open circuit is shown on the run and the definition, closed by an operator, and recorded", async () => {
  const { service, workflow, run, circuit } = await openCircuit("pays");
  expect(circuit).toMatchObject({ state: "open", failures: 1, workflowName: "pays" });
  const definitionId = await storeWorkflow(database.pool, workflow);
  expect((await getDefinitionView(definitionId)).circuits).toEqual([circuit]);

  service.isDown = false;
  await run();
  expect(service.calls).toBe(1);
  expect(await close(circuit)).toMatchObject({ ok: true });
  const [closed] = await listCircuits({ name: "pays", tenantId: null });
  expect(closed).toMatchObject({ state: "closed", failures: 0, retryAt: null });
  await run();
  expect(service.calls).toBe(2);
  const { rows } = await database.pool.query(
    "select operator, outcome, reason from absurd_dashboard.audit_entry where action = 'close circuit'",
  );
  expect(rows).toEqual([{ operator: "ada", outcome: "done", reason: "service is back" }]);
});

test("a circuit that changed after it was shown is not closed", async () => {
  const { circuit } = await openCircuit("changes");
  await database.pool.query(
    "update public.highway_circuit set updated_at = updated_at + interval '1 microsecond' where workflow_name = 'changes'",
  );
  const refused = { ok: false, error: { code: "state_changed", changed: false } };
  expect(await close(circuit)).toMatchObject(refused);
  const [now] = await listCircuits({ name: "changes", tenantId: null });
  expect(now?.state).toBe("open");
  expect(now && (await close(now))).toMatchObject({ ok: true });
  // A closed circuit is not closed again.
  const [after] = await listCircuits({ name: "changes", tenantId: null });
  expect(after && (await close(after))).toMatchObject(refused);
});

test("when two operators close a circuit at once, one succeeds and the other is refused", async () => {
  const { circuit } = await openCircuit("both");
  const results = await Promise.all([close(circuit), close(circuit)]);
  expect(results.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
});
