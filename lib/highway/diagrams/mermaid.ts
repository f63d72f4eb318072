import type { Workflow } from "../model/workflow.ts";
import { toClassicMermaid } from "./classic-mermaid.ts";
import { toNestedMermaid } from "./nested-mermaid.ts";
import { type NodeStatus, toRichMermaid } from "./rich-mermaid.ts";

export const MERMAID_STYLES = ["classic", "nested", "rich"] as const;
export type MermaidStyle = (typeof MERMAID_STYLES)[number];

/**
 * A Mermaid state diagram: `classic` (the default) as the Python package 2.0.2 draws it, `nested` as 2.2.0 does, or
 * `rich`, which shows everything and is always a legal diagram. Only `rich` uses `status`.
 */
export function toMermaid(
  workflow: Workflow,
  options: { style?: MermaidStyle; status?: Readonly<Record<string, NodeStatus>> } = {},
): string {
  const { style = "classic", status } = options;
  if (style === "nested") return toNestedMermaid(workflow);
  return style === "rich"
    ? toRichMermaid(workflow, status ? { status } : {})
    : toClassicMermaid(workflow);
}
