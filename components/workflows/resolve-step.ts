import type { GraphNode } from "@/lib/highway/graph";
import { labelStep } from "@/lib/timeline/label-step";

/** Which operator a checkpoint belongs to. */
export type StepRef = {
  path: string;
  /** The rounds of the loops around it, outermost first. */
  rounds: number[];
  /** `""` for the operator's own result; else what was noted on the way: `failed`, `attempt/2`, `retry/2`, … */
  note: string;
};

/**
 * Reads names of checkpoints and tasks. The interpreter names them by the operator's path, with the round of each loop in
 * brackets, later attempts after a tilde, and what else it notes behind it: `each_order[2]/charge/failed`. Other programs use the bare id, or the
 * display name `workflow__version__step`; an id that occurs twice in the workflow then names nothing.
 */
export function createResolver(nodes: readonly GraphNode[]): (name: string) => StepRef | undefined {
  const paths = new Set(nodes.map((node) => node.path));
  const byId = new Map<string, string | null>();
  for (const { id, path } of nodes) byId.set(id, byId.has(id) ? null : path);
  return (name) => {
    const label = labelStep(name);
    const rounds = [...label.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
    const whole = label.replace(/\[\d+\]/g, "");
    const base = whole.replace(/~\d+(?=[/.]|$)/g, "");
    for (let at = base; at !== ""; at = parentOf(at)) {
      if (!paths.has(at)) continue;
      const note = /\]$/.test(label) ? "round" : base.slice(at.length).replace(/^[/.@#$]/, "");
      return { path: at, rounds, note };
    }
    const path = byId.get(whole) ?? byId.get(whole.split("__").at(-1) ?? "");
    return path ? { path, rounds, note: "" } : undefined;
  };
}

/** One part less. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(path.search(/[/.@#$][^/.@#$]*$/), 0));
}
