import type { Workflow } from "../model/workflow.ts";
import { toClassicMermaid } from "./classic-mermaid.ts";
import { type NodeStatus, toRichMermaid } from "./rich-mermaid.ts";

/**
 * A Mermaid state diagram: `classic` as the Python package 2.0.2 draws it (the default), or `rich`, which shows all
 * there is.
 */
export function toMermaid(
  workflow: Workflow,
  options: { style?: "classic" | "rich"; status?: Readonly<Record<string, NodeStatus>> } = {},
): string {
  return options.style === "rich"
    ? toRichMermaid(workflow, options.status ? { status: options.status } : {})
    : toClassicMermaid(workflow);
}
