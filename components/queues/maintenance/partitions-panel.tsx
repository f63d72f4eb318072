"use client";
import { useState } from "react";
import { PermittedButton } from "@/components/layout/session/permitted-button";
import { usePerform } from "@/components/layout/use-perform";
import { Panel } from "@/components/ui/data/panel";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { Table, Td, Th } from "@/components/ui/data/table";
import { Icon } from "@/components/ui/icons/icon";
import { ConfirmDialog } from "@/components/ui/overlay/confirm-dialog";
import { Badge } from "@/components/ui/text/badge";
import { useClock } from "@/components/ui/text/clock";
import { CountText } from "@/components/ui/text/count";
import { repairQueueAction } from "@/lib/actions/queues";
import { formatBytes, plural } from "@/lib/format";
import type { Partitions, PartitionWeek } from "@/lib/model/rows/maintenance";
import { formatMonday, isCurrent, listPartitionProblems } from "./partition-health";

/** Weekly partitions of a partitioned queue, and the required ones that are missing. */
export function PartitionsPanel({ queue, partitions }: { queue: string; partitions: Partitions }) {
  const now = useClock((time) => time);
  const [creating, setCreating] = useState(false);
  const { weeks } = partitions;
  const problems = listPartitionProblems(partitions, now);
  const missing = weeks.filter((week) => week.wanted && week.missing.length > 0);
  return (
    <Panel
      title="Partitions"
      note={`${plural(weeks.filter((week) => week.missing.length < 4).length, "week")}, Monday to Monday in UTC`}
      aside={
        missing.length > 0 && (
          <PermittedButton
            permission="repair queue"
            className="-my-1 wide:h-6"
            onClick={() => setCreating(true)}
          >
            Create partitions
          </PermittedButton>
        )
      }
    >
      <ul>
        {problems.map(({ tone, text }) => (
          <li key={text} className="flex gap-2 border-line-subtle border-b px-3 py-2">
            <Icon
              name="triangle-alert"
              strokeWidth={2}
              size={14}
              className={`mt-[3px] shrink-0 ${tone === "bad" ? "text-failed-solid" : "text-pending-solid"}`}
            />
            {text}
          </li>
        ))}
        {problems.length === 0 && (
          <li className="flex min-h-9 items-center gap-2 border-line-subtle border-b px-3 text-ink-2">
            <Icon name="circle-check" strokeWidth={2} size={14} className="text-completed-solid" />
            All weekly partitions exist; the default partition is empty.
          </li>
        )}
      </ul>
      <ScrollBox className="max-h-80 overflow-y-auto">
        <Table>
          <thead className="bg-canvas">
            <tr>
              <Th>Week from</Th>
              <Th>State</Th>
              <Th numeric>Rows</Th>
              <Th numeric>Size</Th>
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <WeekRow key={week.from} week={week} current={isCurrent(week, now)} />
            ))}
          </tbody>
        </Table>
      </ScrollBox>
      {creating && (
        <CreatePartitionsDialog queue={queue} weeks={missing} onClose={() => setCreating(false)} />
      )}
    </Panel>
  );
}

function WeekRow({ week, current }: { week: PartitionWeek; current: boolean }) {
  return (
    <tr>
      <Td>
        <span className="mono">{formatMonday(week)}</span> {current && <Badge>this week</Badge>}
      </Td>
      <Td>
        {week.missing.length === 0 ? (
          <span className={week.wanted ? undefined : "text-ink-3"}>
            {week.wanted ? "exists" : "exists, outside the policy"}
          </span>
        ) : (
          <span className="text-pending">
            {week.missing.length === 4 ? "missing" : `missing for ${week.missing.join(", ")}`}
          </span>
        )}
      </Td>
      <Td numeric>
        {week.rows ? <CountText count={week.rows} /> : <span className="text-ink-3">unknown</span>}
      </Td>
      <Td numeric>{formatBytes(week.bytes)}</Td>
    </tr>
  );
}

function CreatePartitionsDialog({
  queue,
  weeks,
  onClose,
}: {
  queue: string;
  weeks: readonly PartitionWeek[];
  onClose: () => void;
}) {
  const perform = usePerform();
  return (
    <ConfirmDialog
      title="Create missing partitions"
      confirmLabel="Create partitions"
      onClose={onClose}
      onConfirm={() =>
        perform(() => repairQueueAction({ queue }), {
          failed: "Partitions not created",
          done: () => ({ title: "Partitions created", text: queue }),
        })
      }
    >
      <p>
        Creates the missing tables and partitions of <strong>{queue}</strong> for the weeks from{" "}
        {weeks.map(formatMonday).slice(0, 8).join(", ")}
        {weeks.length > 8 && ` and ${weeks.length - 8} more`}. No rows are changed. A week cannot be
        created while the default partition holds rows of it.
      </p>
    </ConfirmDialog>
  );
}
