import { WorkflowBuilder } from "../builder/workflow-builder.ts";
import type { Workflow } from "../model/workflow.ts";
import type { FunctionCall } from "../run/functions.ts";

/**
 * A workflow with what version 2.2 of the language adds: guards, a choice, turns, children, a breaker, a deadline.
 */
export function buildNewFeatures(): Workflow {
  return new WorkflowBuilder("new_features", { deadlineSeconds: 600 })
    .task("load", "load_order", { resultKey: "order" })
    .postcondition("result.total", "in_range", [1, 100])
    .multiChoice("parts", {
      big: {
        when: "{{ order.total }} > 10",
        do: (then) => then.task("approve", "work").activity("sign", "work"),
      },
      small: { when: "{{ order.total }} < 10", do: (then) => then.task("wave", "work") },
      always: { when: "true", do: (then) => then.wait("rest", 0.3).task("note", "work") },
    })
    .reflexive("draft", "write", "judge", { maxTurns: 3 })
    .childWorkflows("ship", {
      one: { workflow_name: "killed_child", inputs: {} },
      two: { workflow_name: "killed_child", inputs: {} },
    })
    .task("pay", "pay", {
      circuitBreakerPolicy: { failureThreshold: 5 },
      retryPolicy: { maxRetries: 3, delay: 0.1 },
    })
    .precondition("ship.one.status", "equals", "completed")
    .terminate("stop", { result: { draft: "{{ draft.output }}" }, reason: "done" })
    .task("never", "work")
    .build();
}

/** The child workflow that it starts twice; must be stored. */
export function buildChild(): Workflow {
  return new WorkflowBuilder("killed_child")
    .task("first", "work")
    .activity("second", "work")
    .build();
}

/** A workflow with one call behind a circuit breaker, whose probe is protected for two seconds. */
export function buildProbe(): Workflow {
  return new WorkflowBuilder("probes")
    .task("call", "call", {
      circuitBreakerPolicy: { failureThreshold: 1, successThreshold: 1, isolationDuration: 0 },
      timeoutPolicy: { timeout: 2 },
      retryPolicy: { maxRetries: 20, delay: 0.2, backoffFactor: 1 },
    })
    .build();
}

/** Plays the functions of the first two workflows. */
export function playNewFeatures(id: string, { attempt, kwargs }: FunctionCall): unknown {
  switch (id) {
    case "load":
      return { total: 20 };
    case "draft":
      return "output" in kwargs ? { ok: kwargs.turn === 2, feedback: "again" } : "text";
    case "pay":
      if (attempt < 3) throw new Error("not yet");
      return "paid";
    default:
      return id;
  }
}
