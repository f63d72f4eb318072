import { Ban } from "lucide-react";
import { memo } from "react";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import type { GraphNode } from "@/lib/highway/graph/graph";
import type { NodeStatus } from "@/lib/highway/view/operator-states";
import { fitText } from "./fit-text";
import type { PlacedNode } from "./layout";
import { measureText } from "./measure-text";
import {
  describeNode,
  describeProtection,
  describeType,
  FILLS,
  formatRounds,
  formatState,
  getStateIcon,
} from "./node-text";

/** Horizontal distance of text from the edges of the box. */
const EDGE = 10;
const AFTER_ICON = 31;
/** Gap between two texts on one line. */
const APART = 8;
/** Space for the branch that a router chose. */
const CHOICE = 96;

type Props = {
  placed: PlacedNode;
  status: NodeStatus | undefined;
  /** The database's clock; only changes while this node is active. */
  now: number;
  selected: boolean;
  focusable: boolean;
  onToggle: (path: string) => void;
};

/** One operator: name, state, kind, duration and attempts. */
export const GraphNodeBox = memo(function GraphNodeBox({
  placed,
  status,
  now,
  selected,
  focusable,
  onToggle,
}: Props) {
  const { node, x, y, width, isGroup } = placed;
  const height = isGroup ? placed.height : 48;
  const state = status?.state;
  const [Icon, type] = describeType(node.type);
  const kind = [type, ...describeProtection(node, status)].join(", ");
  const note = status ? formatNote(status, now) : "";
  const icon = state && getStateIcon(state);
  const tries = status && status.attempts > 1 ? `×${status.attempts}` : "";
  const start = state ? AFTER_ICON : EDGE;
  const nameRoom = width - start - EDGE - computeRoom(tries);
  const kindRoom = width - AFTER_ICON - EDGE - computeRoom(note);
  const quiet = state !== undefined && (icon === undefined || icon === "pending");
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button element
    <g
      role="button"
      tabIndex={focusable ? 0 : -1}
      data-node={node.path}
      aria-label={describeNode(node, status)}
      aria-pressed={selected}
      transform={`translate(${Math.round(x)} ${Math.round(y)})`}
      className="group cursor-pointer outline-none"
      onClick={() => onToggle(node.path)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onToggle(node.path);
      }}
    >
      <title>{formatFullName(node)}</title>
      <rect
        width={width}
        height={height}
        rx={isGroup ? 8 : 5}
        className={cn(FILLS[state ?? "completed"], isGroup && "[fill-opacity:0.45]")}
      />
      <rect
        x={-2}
        y={-2}
        width={width + 4}
        height={height + 4}
        rx={isGroup ? 10 : 7}
        className={cn(
          "fill-none stroke-2 group-focus-visible:stroke-accent",
          selected ? "stroke-accent" : "stroke-transparent",
        )}
      />
      <g transform="translate(10 9)">
        {icon ? (
          <StateIcon state={icon} />
        ) : (
          state && <Ban size={14} strokeWidth={1.5} className="text-ink-3" aria-hidden />
        )}
      </g>
      <text
        x={start}
        y={20}
        className={cn("font-medium font-mono text-12", quiet ? "fill-ink-2" : "fill-ink")}
      >
        {fitText(node.id || "(no id)", nameRoom, "name")}
      </text>
      {tries && (
        <text x={width - EDGE} y={20} textAnchor="end" className="fill-pending text-12">
          {tries}
        </text>
      )}
      <Icon x={11} y={29} size={12} strokeWidth={1.5} className="text-ink-3" aria-hidden />
      <text x={AFTER_ICON} y={39} className="fill-ink-2 text-12">
        {fitText(kind, kindRoom, "words")}
      </text>
      <text x={width - EDGE} y={39} textAnchor="end" className="fill-ink-2 text-12">
        {note}
      </text>
    </g>
  );
}, looksSame);

/** Every refetch creates new statuses, but most operators look the same. */
function looksSame({ status: a, ...before }: Props, { status: b, ...after }: Props): boolean {
  const keys = ["placed", "now", "selected", "focusable", "onToggle"] as const;
  return keys.every((key) => before[key] === after[key]) && isSameStatus(a, b);
}

function isSameStatus(a: NodeStatus | undefined, b: NodeStatus | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  const keys = ["state", "took", "since", "results", "attempts", "chosen", "isHandled"] as const;
  return (
    keys.every((key) => a[key] === b[key]) &&
    a.circuit?.state === b.circuit?.state &&
    a.turns?.taken === b.turns?.taken &&
    a.rounds?.done === b.rounds?.done &&
    a.rounds?.total === b.rounds?.total &&
    a.failure?.type === b.failure?.type
  );
}

/** Progress, duration or the reason for not running, in a few words. */
function formatNote(status: NodeStatus, now: number): string {
  const { state, took, since, results, rounds } = status;
  if (getStateIcon(state) === undefined) return formatState(status);
  if (status.isHandled) return "handled";
  const chosen = status.chosen ?? status.chosenBranches?.join(", ");
  if (chosen !== undefined) return `→ ${fitText(chosen || "none", CHOICE, "words")}`;
  const length = took === null && since === null ? null : (took ?? 0) + computeAge(since, now);
  const times =
    rounds || status.turns ? formatRounds(status) : results > 1 ? `${results} ×` : undefined;
  const late = state === "failed" && status.failure?.type === "TimeoutError" && "timed out";
  return [times, late, length === null ? undefined : formatDuration(length)]
    .filter(Boolean)
    .slice(0, 2)
    .join(" · ");
}

function computeAge(since: number | null, now: number): number {
  return since === null ? 0 : Math.max(0, now - since);
}

/** Width of a text at the end of a line, including its margin. */
function computeRoom(text: string): number {
  return text === "" ? 0 : measureText(text, "words") + APART;
}

/** The untruncated name and label. */
function formatFullName({ id, label }: GraphNode): string {
  return label.startsWith(id) ? label : `${id}\n${label}`;
}
