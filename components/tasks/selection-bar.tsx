"use client";
import { Copy, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { showToast } from "@/components/ui/toast";
import { formatNumber, plural } from "@/lib/format";
import { ExportSelected } from "./export-selected";
import type { Selection } from "./use-selection";

/** What can be done with the tasks picked. `children` are further actions on them. */
export function SelectionBar({
  selection,
  columns,
  children,
}: {
  selection: Selection;
  columns: readonly string[];
  children?: ReactNode;
}) {
  const { tasks } = selection;
  if (tasks.length === 0) return null;
  async function copy() {
    await navigator.clipboard.writeText(tasks.map((task) => task.taskId).join("\n"));
    showToast({ tone: "good", title: `Copied ${plural(tasks.length, "id")}` });
  }
  return (
    <section
      aria-label="Selection"
      className="float-in sticky bottom-2 z-20 mx-2 flex min-h-11 flex-wrap items-center gap-2 rounded-3 bg-raised py-2 pr-2 pl-3 shadow-3 wide:bottom-3 wide:mx-auto wide:w-max wide:max-w-[calc(100%-32px)]"
    >
      <span aria-live="polite" className="mr-auto whitespace-nowrap font-semibold wide:mr-2">
        {formatNumber(tasks.length)} selected
      </span>
      {children}
      <Button onClick={copy}>
        <Copy size={14} strokeWidth={1.5} aria-hidden />
        Copy ids
      </Button>
      <ExportSelected tasks={tasks} columns={columns} />
      <Button
        variant="ghost"
        size="square"
        aria-label="Clear the selection"
        onClick={selection.clear}
      >
        <X size={16} strokeWidth={1.5} aria-hidden />
      </Button>
    </section>
  );
}
