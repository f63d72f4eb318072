import type { ReactNode } from "react";
import { StateIcon } from "@/components/tasks/state/state-icon";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import { hasUserName, labelSpan, labelStep } from "@/lib/timeline/labels";
import type { Span } from "@/lib/timeline/model";
import { formatSpanLength } from "../span-text";
import type { Row } from "../timeline-rows";

/** The left column of a row: title and duration. */
export function Label({ row }: { row: Row }) {
  switch (row.kind) {
    case "lane": {
      const { lane, open } = row;
      return (
        <Line length={formatDuration(lane.to - lane.from)} className="font-semibold">
          <Icon
            name={open ? "chevron-down" : "chevron-right"}
            size={12}
            className="shrink-0 text-ink-3"
          />
          <span className="whitespace-nowrap">Attempt {lane.attempt}</span>
          <StateIcon state={lane.state} live />
          <code className="mono hidden truncate font-normal text-ink-2 wide:inline">
            {lane.worker}
          </code>
        </Line>
      );
    }
    case "replayed": {
      const what = row.span.copied === row.span.count ? "copied" : "replayed";
      return (
        <Line className="text-ink-2">
          <Icon
            name={row.open ? "chevron-down" : "chevron-right"}
            size={12}
            className="shrink-0 text-ink-3"
          />
          <span className="truncate">
            {row.span.count} {row.span.count === 1 ? "step" : "steps"} {what}
          </span>
        </Line>
      );
    }
    case "replayed-step":
      return (
        <Line className="pl-8 text-ink-3">
          <span className="truncate" data-tip={row.checkpoint.name}>
            {labelStep(row.checkpoint.name)}
          </span>
        </Line>
      );
    case "late-write":
      return (
        <Line>
          <Dot className="bg-cancelled-solid" />
          <span className="truncate">{labelStep(row.marker.label ?? "")}</span>
        </Line>
      );
    case "projection":
      return <Line className="text-ink-3">if it fails now</Line>;
    case "span":
      return (
        <Line
          length={formatSpanLength(row.span)}
          className={
            row.span.end === "open" && row.span.kind === "working"
              ? "font-semibold text-running"
              : ""
          }
        >
          <SpanIcon span={row.span} />
          <span
            className={cn("truncate", hasUserName(row.span) || "text-ink-2")}
            data-tip={labelSpan(row.span)}
          >
            {labelSpan(row.span)}
          </span>
        </Line>
      );
  }
}

function Line({
  children,
  length,
  className,
}: {
  children: ReactNode;
  length?: string;
  className?: string;
}) {
  return (
    <span
      className={cn(
        "flex h-full w-full min-w-0 items-center gap-1.5 pr-2 pl-3 wide:pl-4",
        className,
      )}
    >
      {children}
      {length && (
        <span className="ml-auto hidden shrink-0 whitespace-nowrap pl-1 font-normal text-12 text-ink-2 wide:inline">
          {length}
        </span>
      )}
    </span>
  );
}

function SpanIcon({ span }: { span: Span }) {
  switch (span.kind) {
    case "step":
      return <Dot className="bg-completed-solid" />;
    case "working":
      return <Dot className="bg-running-solid" />;
    case "sleep":
      return <Icon name="moon" size={12} className="shrink-0 text-sleeping-solid" />;
    case "event-wait":
    case "timed-out-wait":
      return <Icon name="bell-ring" size={12} className="shrink-0 text-sleeping-solid" />;
    case "failure":
      return <StateIcon state="failed" size={12} />;
    case "lost":
    case "expired":
      return <Icon name="unplug" size={12} className="shrink-0 text-failed-solid" />;
    case "backoff":
    case "late":
      return <Icon name="calendar-clock" size={12} className="shrink-0 text-pending-solid" />;
    default:
      return <Dot className="bg-line-control" />;
  }
}

function Dot({ className }: { className: string }) {
  return (
    <span className="grid size-3 shrink-0 place-items-center">
      <span className={cn("size-1.5 rounded-full", className)} />
    </span>
  );
}
