"use client";
import { Sparkline } from "@/components/charts/sparkline";
import { Icon } from "@/components/ui/icons/icon";
import { Age } from "@/components/ui/text/age";
import { MiddleTruncate } from "@/components/ui/text/middle-truncate";
import { RelativeTime } from "@/components/ui/text/relative-time";
import { cn } from "@/lib/cn";
import { formatNumber, plural } from "@/lib/format";
import type { FailureGroup } from "@/lib/model/failure";
import type { FailureFilters } from "@/lib/search-params/windows";
import { FailureError } from "./failure-error";
import { Outcomes } from "./failure-outcomes";
import { FailureSamples } from "./failure-samples";

/** One group of failures; opened, its latest tasks. */
export function FailureRow({
  group,
  filters,
  open,
  onToggle,
}: {
  group: FailureGroup;
  filters: FailureFilters;
  open: boolean;
  onToggle: () => void;
}) {
  return (
    <li className="border-line-subtle border-b">
      <div className="relative grid grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-3 px-3 py-2 hover:bg-hover wide:grid-cols-[16px_minmax(0,1fr)_64px_208px_96px_120px_112px] wide:px-4 wide:py-1.5">
        <Icon
          name="chevron-right"
          strokeWidth={2}
          size={14}
          className={cn(
            "row-span-2 self-start text-ink-3 transition-transform mt-[3px]",
            open && "rotate-90",
          )}
        />
        <div className="min-w-0">
          <button
            type="button"
            aria-expanded={open}
            data-row
            onClick={onToggle}
            className="block max-w-full truncate text-left font-medium after:absolute after:inset-0 focus-visible:after:shadow-[inset_2px_0_0_var(--color-accent)]"
          >
            {group.taskName}
          </button>
          <span
            className="line-clamp-2 break-words wide:block wide:truncate"
            title={`${group.errorName ?? ""} ${group.pattern}`.trim()}
          >
            <FailureError name={group.errorName} pattern={group.pattern} />
          </span>
        </div>
        <span
          className="self-start text-right font-semibold wide:self-auto"
          title={plural(group.attempts, "failed attempt")}
        >
          {formatNumber(group.attempts)}
        </span>
        <Outcomes group={group} className="col-start-2 wide:col-start-auto" />
        <span className="hidden wide:block">
          <Sparkline values={group.trend} tone="bad" />
        </span>
        <span
          className="hidden min-w-0 gap-1 text-12 text-ink-2 wide:flex"
          title={group.queues.join(", ")}
        >
          <MiddleTruncate text={group.queues[0] ?? ""} />
          {group.queues.length > 1 && <span>+{group.queues.length - 1}</span>}
        </span>
        <span className="text-right text-12 text-ink-2">
          <RelativeTime iso={group.lastAt} />
          <span className="hidden text-ink-3 wide:block">
            first <Age iso={group.firstAt} /> ago
          </span>
        </span>
      </div>
      {open && <FailureSamples group={group} filters={filters} />}
    </li>
  );
}
