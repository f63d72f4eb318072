import { WorkflowBuilder } from "@/lib/highway/builder/workflow-builder";
import type { Workflow } from "@/lib/highway/model/workflow";

/** Imports a supplier's catalogue: parallel branches, batches one after another, and rounds until it is done. */
export const catalogueEtl: Workflow = {
  ...new WorkflowBuilder("catalogue_etl", { version: "3.1.0" })
    .task("fetch_manifest", "catalogue.manifest", {
      args: ["{{ region }}", "{{ batches }}"],
      resultKey: "manifest",
    })
    .parallel("extract", {
      products: (branch) =>
        branch
          .task("download_products", "catalogue.download", { args: ["products"] })
          .task("clean_products", "catalogue.clean", { args: ["{{ download_products }}"] }),
      prices: (branch) =>
        branch
          .task("download_prices", "catalogue.download", {
            args: ["prices"],
            retryPolicy: { maxRetries: 3, delay: 2 },
          })
          .task("convert_prices", "catalogue.convert", { args: ["{{ download_prices }}"] }),
      stock: (branch) =>
        branch.wait("await_stock_export", 4).task("download_stock", "catalogue.download", {
          args: ["stock"],
        }),
    })
    .join("all_extracted", ["clean_products", "convert_prices", "download_stock"], "all_success")
    .foreach("load_batches", "{{ manifest.batches }}", (body) =>
      body
        .task("transform", "catalogue.transform", { args: ["{{ item }}"], resultKey: "rows" })
        .task("upsert", "catalogue.upsert", { args: ["{{ item.id }}", "{{ rows }}"] }),
    )
    .condition(
      "has_rejects",
      "{{ manifest.rejects }} > 0",
      (then) =>
        then.task("report_rejects", "catalogue.report", { args: ["{{ manifest.rejects }}"] }),
      (otherwise) => otherwise.task("note_clean_run", "catalogue.report", { args: [0] }),
    )
    .whileLoop("until_indexed", "{{ index }} < 3", (body) =>
      body.wait("pause", 2).task("poll_index", "catalogue.poll", { args: ["{{ index }}"] }),
    )
    .activity("rebuild_suggestions", "catalogue.suggestions", { args: ["{{ region }}"] })
    .emitEvent("announce", "catalogue.updated:{{ run.id }}", {
      payload: { region: "{{ region }}", batches: "{{ manifest.batches }}" },
    })
    .addTags("catalogue", "nightly")
    .build(),
  description: "Takes over the catalogue of a merchant from its suppliers",
  variables: { region: "eu", batches: 5 },
};
