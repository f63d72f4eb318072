"use client";
import { useEffect, useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { QueueFilter } from "@/components/queues/queue-filter";
import { TenantFilter } from "@/components/tenants/tenant-filter";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import { Kbd } from "@/components/ui/text/kbd";
import { EVENT_STATES, type EventState } from "@/lib/model/rows/event";
import type { EventFilters } from "@/lib/search-params/events";

/** Typing pause after which the filter is applied. */
const PAUSE_MS = 600;

const LABELS: Record<EventState, string> = {
  awaited: "Awaited",
  emitted: "Emitted",
  asked: "Awaited earlier, no one waiting",
};

const STATES = [
  { value: "", label: "All events" },
  ...EVENT_STATES.map((value) => ({ value, label: LABELS[value] })),
];

/** The filters of the event list, and the button that emits an event. */
export function EventFilterBar({
  filters,
  onChange,
  onEmit,
  onEmitIntent,
  oneQueue,
}: {
  filters: EventFilters;
  onChange: (change: Partial<EventFilters>) => void;
  onEmit: () => void;
  /** Called when the pointer or focus reaches the emit button. */
  onEmitIntent: () => void;
  /** Whether the list belongs to one queue and therefore has no queue filter. */
  oneQueue: boolean;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-3 wide:px-4">
      {!oneQueue && (
        <QueueFilter queues={filters.queue} onChange={(queue) => onChange({ queue })} />
      )}
      <NameFilter
        key={filters.name}
        name={filters.name ?? ""}
        onChange={(name) => onChange({ name: name || null })}
      />
      <Select
        quiet
        aria-label="State"
        // As wide as its longest option, it would take a row of a phone's screen.
        className="max-wide:w-40"
        value={filters.state.length === 1 ? (filters.state[0] ?? "") : ""}
        options={STATES}
        onChange={({ target }) =>
          onChange({ state: EVENT_STATES.filter((state) => state === target.value) })
        }
      />
      <TenantFilter chosen={filters.tenant} onChange={(tenant) => onChange({ tenant })} />
      <PermittedButton
        permission="emit event"
        onPointerEnter={onEmitIntent}
        onFocus={onEmitIntent}
        onClick={onEmit}
      >
        <Icon name="zap" size={14} />
        Emit event
        <Kbd>e</Kbd>
      </PermittedButton>
    </div>
  );
}

/** Filters by name prefix, applied on Enter or after a pause in typing. */
function NameFilter({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [text, setText] = useState(name);
  useEffect(() => {
    if (text === name) return;
    const timer = setTimeout(() => onChange(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, name, onChange]);
  return (
    <search className="flex h-9 min-w-0 flex-1 basis-60 items-center gap-2 rounded-2 border border-line-control bg-surface pr-1.5 pl-2 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent-soft max-wide:order-first max-wide:basis-full wide:h-7">
      <Icon name="search" className="shrink-0 text-ink-3" />
      <input
        type="search"
        aria-label="Event name starts with"
        placeholder="Event name starts with…"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && onChange(text)}
        className="h-full min-w-0 flex-1 bg-transparent font-mono text-12 outline-none"
      />
    </search>
  );
}
