import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import type { Workflow } from "../model/workflow.ts";
import type { FunctionCall } from "../run/functions.ts";

/** A workflow with every kind of operator, a retry, a handler, a loop in a branch, and concurrent branches. */
export function buildEverything(): Workflow {
  return new WorkflowBuilder("everything")
    .task("load", "load", { resultKey: "order", args: ["{{ inputs.id }}"] })
    .task("shaky", "shaky", { retryPolicy: { maxRetries: 2, delay: 1 } })
    .condition(
      "is_big",
      "{{ order.total }} > 10",
      (then) => then.task("approve", "approve").task("sign", "sign"),
      (otherwise) => otherwise.task("wave_through", "approve"),
    )
    .parallel("beside", {
      left: (left) =>
        left
          .task("pack", "pack", { resultKey: "parcel" })
          .foreach("each_line", "{{ order.lines }}", (body) =>
            body.task("pick", "pick", { args: ["{{ item }}"] }).wait("breathe", 1),
          ),
      right: (right) => right.wait("rest", 2).task("invoice", "invoice"),
    })
    .join("both", ["pack", "invoice"], "all_success")
    .foreach("each_copy", "[1, 2]", (body) => body.task("copy", "copy", { args: ["{{ item }}"] }), {
      parallel: true,
    })
    .whileLoop("until_synced", "{{ index }} < 2", (body) => body.task("sync", "sync"))
    .emitEvent("tell", "told:{{ run.id }}", { payload: { total: "{{ order.total }}" } })
    .waitForEvent("hear", "told:{{ run.id }}", { timeoutSeconds: 60, resultKey: "heard" })
    .activity("render", "render", { args: ["{{ heard.total }}"] })
    .switch("by_size", "{{ order.size }}", { large: "ship_large", small: "ship_small" })
    .task("ship_large", "ship", { dependencies: ["by_size"] })
    .task("ship_small", "ship", { dependencies: ["by_size"] })
    .task("last_try", "fail", { dependencies: ["by_size"], onFailure: "apologise" })
    .task("apologise", "apologise", { args: ["{{ error_message }}"] })
    .build();
}

export const EVERYTHING_INPUTS = { id: 7 };

/**
 * Plays the functions of that workflow; the same call always returns the same value, except that some fail at
 * first.
 */
export function playEverything(id: string, { args, attempt }: FunctionCall): unknown {
  switch (id) {
    case "load":
      return { id: args[0] ?? null, total: 20, lines: ["a", "b"], size: "large" };
    case "shaky":
      if (attempt < 3) throw new Error("not yet");
      return "steady";
    case "last_try":
      throw new Error("no more");
    default:
      return { id, args };
  }
}
