import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import type { Workflow } from "@/lib/highway/model/workflow";

/** An import whose figures never add up: it is retried, fails, and its handler notifies the buyers. */
export const supplierImport: Workflow = {
  ...new WorkflowBuilder("supplier_import", { version: "1.4.2" })
    .task("open_session", "supplier.open", {
      args: ["{{ inputs.supplier }}"],
      resultKey: "session",
    })
    .foreach(
      "each_file",
      "{{ session.files }}",
      (body) =>
        body
          .task("download", "supplier.download", { args: ["{{ item }}"] })
          .task("parse", "supplier.parse", { args: ["{{ item }}"] }),
      { parallel: true },
    )
    .task("reconcile", "supplier.reconcile", {
      args: ["{{ session }}"],
      retryPolicy: { maxRetries: 2, delay: 3, backoffFactor: 2 },
      onFailure: "alert_buyers",
    })
    .task("alert_buyers", "supplier.alert", {
      args: ["{{ failed_task_id }}", "{{ error_message }}"],
    })
    .task("publish", "supplier.publish", { dependencies: ["reconcile"] })
    .task("close_session", "supplier.close", {
      dependencies: ["reconcile"],
      triggerRule: "all_done",
      args: ["{{ session.id }}"],
    })
    .addTags("suppliers")
    .build(),
  description: "Imports the delivery notes of a supplier",
  variables: {},
};
