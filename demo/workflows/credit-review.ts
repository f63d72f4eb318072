import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import type { Workflow } from "@/lib/highway/model/workflow";

/** A loan to a merchant: parallel checks, then a decision by its risk; a medium risk is decided by a person. */
export const creditReview: Workflow = {
  ...new WorkflowBuilder("credit_review", { version: "2.4.0" })
    .task("load_application", "credit.load", {
      args: ["{{ inputs.merchant }}", "{{ amount }}", "{{ currency }}"],
      resultKey: "application",
    })
    .parallel("checks", {
      bureau: (branch) =>
        branch.task("ask_bureau", "credit.bureau", {
          args: ["{{ application }}"],
          retryPolicy: { maxRetries: 4, delay: 3 },
        }),
      turnover: (branch) =>
        branch.task("read_turnover", "credit.turnover", { args: ["{{ application.merchant }}"] }),
    })
    .task("score", "credit.score", {
      args: ["{{ application }}", "{{ ask_bureau }}", "{{ read_turnover }}"],
      resultKey: "risk",
    })
    .switch(
      "by_risk",
      "{{ risk.level }}",
      { low: "approve", medium: "ask_person", high: "decline" },
      { default: "decline" },
    )
    .task("approve", "credit.decide", { dependencies: ["by_risk"], args: [true, "low risk"] })
    .waitForEvent("ask_person", "approval:{{ run.id }}", {
      dependencies: ["by_risk"],
      timeoutSeconds: 3600,
      resultKey: "decision",
    })
    .task("record_decision", "credit.decide", {
      dependencies: ["by_risk", "ask_person"],
      args: ["{{ decision.approved }}", "{{ decision.by }}"],
    })
    .task("decline", "credit.decide", { dependencies: ["by_risk"], args: [false, "high risk"] })
    .task("tell_merchant", "credit.tell", {
      dependencies: ["by_risk"],
      args: ["{{ application.merchant }}"],
    })
    .addTags("credit")
    .build(),
  description: "Reviews a merchant's application for a loan",
  variables: { amount: 25_000, currency: "EUR" },
};
