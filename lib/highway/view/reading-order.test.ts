import { expect, test } from "vitest";
import { buildGraph } from "@/lib/highway/graph/graph";
import { parseWorkflow } from "@/lib/highway/language/parse";
import { decodeWorkflow } from "@/lib/highway/model/decode-workflow";
import { buildEverything } from "@/lib/highway/testing/everything";
import { listInReadingOrder } from "./reading-order";

test("operators follow their edges, for any stored order", () => {
  const workflow = buildEverything();
  const sorted = Object.entries(workflow.tasks).sort(([a], [b]) => a.localeCompare(b));
  const graph = buildGraph({ ...workflow, tasks: Object.fromEntries(sorted) });
  const order = listInReadingOrder(graph).map(({ path }) => path);
  expect(order.toSorted()).toEqual(graph.nodes.map(({ path }) => path).toSorted());
  for (const { from, to } of graph.edges)
    expect(order.indexOf(from), `${from} before ${to}`).toBeLessThan(order.indexOf(to));
  const at = order.indexOf("beside");
  expect(order.slice(at, at + 7)).toEqual([
    "beside",
    "beside.left/pack",
    "beside.left/each_line",
    "beside.left/each_line/pick",
    "beside.left/each_line/breathe",
    "beside.right/rest",
    "beside.right/invoice",
  ]);
});

test("cycles lose no operator", () => {
  const task = (id: string, dependencies: string[]) => ({
    task_id: id,
    operator_type: "task",
    function: "f",
    dependencies,
  });
  const tasks = { a: task("a", ["b"]), b: task("b", ["a"]), c: task("c", []) };
  const { workflow } = parseWorkflow(JSON.stringify({ name: "round", version: "1", tasks }));
  const order = workflow && listInReadingOrder(buildGraph(workflow)).map(({ path }) => path);
  expect(order?.toSorted()).toEqual(["a", "b", "c"]);
});

test("a chain of any length does not exhaust the stack", () => {
  const count = 5_000;
  const tasks = Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `t${n}`,
      {
        task_id: `t${n}`,
        operator_type: "task",
        function: "f",
        dependencies: n === 0 ? [] : [`t${n - 1}`],
      },
    ]),
  );
  const { workflow } = decodeWorkflow({ name: "long", version: "1", start_task: "t0", tasks });
  const order = workflow && listInReadingOrder(buildGraph(workflow));
  expect(order?.map(({ id }) => id)).toEqual(Object.keys(tasks));
});
