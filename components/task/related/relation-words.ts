import type { Relation } from "@/lib/model/related";
import { labelStep } from "@/lib/timeline/labels";

/** How it is known that two tasks belong together. */
export function relationWords(relation: Relation): string {
  switch (relation.by) {
    case "parent_task_id":
      return "By the header parent_task_id";
    case "awaited":
      return relation.step.startsWith("$") || relation.step === ""
        ? "Its result was awaited"
        : `Its result was awaited in step ${labelStep(relation.step)}`;
    case "stored":
      return `Its id is in step ${labelStep(relation.step)}`;
    case "spawned_from":
      return relation.step === null ? "Run again" : `Forked from step ${labelStep(relation.step)}`;
    case "idempotency_key":
      return "The same key in another queue";
    case "workflow_run_id":
      return "By the header workflow_run_id";
  }
}
