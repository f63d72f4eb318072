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
import { describeNode, FILLS, roundsOf, signOf, typeOf, wordOf } from "./node-words";

/** Where texts begin and end, from the edges of the box. */
const EDGE = 10;
const AFTER_SIGN = 31;
/** Between two texts on one line. */
const APART = 8;
/** Room for the operator that a router leads to. */
const CHOICE = 96;

type Props = {
  placed: PlacedNode;
  status: NodeStatus | undefined;
  /** The engine's clock, for what goes on; it changes only while this node runs. */
  now: number;
  selected: boolean;
  focusable: boolean;
  onToggle: (path: string) => void;
};

/** One operator: its name and state, its kind, how long it took and how often it was tried. */
export const NodePicture = memo(function NodePicture({
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
  const [Icon, kind] = typeOf(node.type);
  const note = status ? noteOf(status, now) : "";
  const sign = state && signOf(state);
  const tries = status && status.attempts > 1 ? `×${status.attempts}` : "";
  const start = state ? AFTER_SIGN : EDGE;
  const nameRoom = width - start - EDGE - findSection(tries);
  const kindRoom = width - AFTER_SIGN - EDGE - findSection(note);
  const quiet = state !== undefined && (sign === undefined || sign === "pending");
  return (
    // biome-ignore lint/a11y/useSemanticElements: there are no buttons inside of a picture
    <g
      role="button"
      tabIndex={focusable ? 0 : -1}
      data-node={node.path}
      aria-label={describeNode(node.id, node.type, status)}
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
      <title>{fullName(node)}</title>
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
        {sign ? (
          <StateIcon state={sign} />
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
      <text x={AFTER_SIGN} y={39} className="fill-ink-2 text-12">
        {fitText(kind, kindRoom, "words")}
      </text>
      <text x={width - EDGE} y={39} textAnchor="end" className="fill-ink-2 text-12">
        {note}
      </text>
    </g>
  );
}, looksSame);

/** States are told anew with every refresh; most operators look as before. */
function looksSame({ status: a, ...before }: Props, { status: b, ...after }: Props): boolean {
  const keys = ["placed", "now", "selected", "focusable", "onToggle"] as const;
  return keys.every((key) => before[key] === after[key]) && isSameStatus(a, b);
}

function isSameStatus(a: NodeStatus | undefined, b: NodeStatus | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  const keys = ["state", "took", "since", "results", "attempts", "chosen", "isHandled"] as const;
  return (
    keys.every((key) => a[key] === b[key]) &&
    a.rounds?.done === b.rounds?.done &&
    a.rounds?.total === b.rounds?.total &&
    a.failure?.type === b.failure?.type
  );
}

/** What there is to say in few words: how far, how long, or why not. */
function noteOf(status: NodeStatus, now: number): string {
  const { state, took, since, results, rounds } = status;
  if (signOf(state) === undefined) return wordOf(status);
  if (status.isHandled) return "handled";
  if (status.chosen !== null) return `→ ${fitText(status.chosen, CHOICE, "words")}`;
  const length = took === null && since === null ? null : (took ?? 0) + ageOf(since, now);
  const times = rounds ? roundsOf(status) : results > 1 ? `${results} ×` : undefined;
  const late = state === "failed" && status.failure?.type === "TimeoutError" && "timed out";
  return [times, late, length === null ? undefined : formatDuration(length)]
    .filter(Boolean)
    .slice(0, 2)
    .join(" · ");
}

function ageOf(since: number | null, now: number): number {
  return since === null ? 0 : Math.max(0, now - since);
}

/** What a text at the end of a line takes from the one at its beginning. */
function findSection(text: string): number {
  return text === "" ? 0 : measureText(text, "words") + APART;
}

/** All of the name, whatever fits, and what the author says of it. */
function fullName({ id, label }: GraphNode): string {
  return label.startsWith(id) ? label : `${id}\n${label}`;
}
