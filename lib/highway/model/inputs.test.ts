import { expect, test } from "vitest";
import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import { buildEverything } from "../testing/everything.ts";
import { listInputs } from "./inputs.ts";

test("inputs are the variables with their values, then names without a source", () => {
  const workflow = new WorkflowBuilder("flow")
    .task("load", "load", { args: ["{{ inputs.id }}", "{{ region }}"], resultKey: "order" })
    .condition("is_big", "order.total > limit and not inputs.force", (then) =>
      then.foreach("each", "{{ order.lines }}", (body) =>
        body.task("pick", "pick", { kwargs: { deep: [{ at: "{{ item.sku }} {{ depot }}" }] } }),
      ),
    )
    .waitForEvent("hear", "heard:{{ run.id }}:{{ id }}")
    .build();
  const listed = listInputs({ ...workflow, variables: { limit: 10, region: null } });
  expect(listed).toEqual([
    { name: "limit", default: 10 },
    { name: "region", default: null },
    { name: "id" },
    { name: "force" },
    { name: "depot" },
  ]);
});

test("results of other operators, loop variables and the run's own names are not inputs", () => {
  expect(listInputs(buildEverything())).toEqual([{ name: "id" }]);
});
