"use client";
import { BulkButton } from "@/components/tasks/bulk/bulk-button";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { showToast } from "@/components/ui/overlay/toast";
import { formatNumber, plural } from "@/lib/format";
import { ExportSelected } from "../export/export-selected";
import type { Selection } from "./use-selection";

/** What can be done with the tasks picked. */
export function SelectionBar({
  selection,
  columns,
}: {
  selection: Selection;
  columns: readonly string[];
}) {
  const tasks = [...selection.picked.values()];
  async function copy() {
    await navigator.clipboard.writeText(tasks.map((task) => task.taskId).join("\n"));
    showToast({ title: `Copied ${plural(tasks.length, "id")}` });
  }
  return (
    <section
      aria-label="Selection"
      className="float-in sticky bottom-2 z-20 mx-2 flex min-h-11 flex-wrap items-center gap-2 rounded-3 bg-raised py-2 pr-2 pl-3 shadow-3 wide:bottom-3 wide:mx-auto wide:w-max wide:max-w-[calc(100%-32px)]"
    >
      <span aria-live="polite" className="mr-auto whitespace-nowrap font-semibold wide:mr-2">
        {formatNumber(tasks.length)} selected
      </span>
      <BulkButton
        label="Act on them"
        selection={() => ({ ids: tasks })}
        onStarted={selection.clear}
      />
      <Button onClick={copy}>
        <Icon name="copy" size={14} />
        Copy ids
      </Button>
      <ExportSelected tasks={tasks} columns={columns} />
      <Button
        variant="ghost"
        size="square"
        aria-label="Clear the selection"
        onClick={selection.clear}
      >
        <Icon name="x" />
      </Button>
    </section>
  );
}
