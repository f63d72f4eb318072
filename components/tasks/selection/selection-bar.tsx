"use client";
import { useDenied } from "@/components/layout/session/access-provider";
import { BulkButton } from "@/components/tasks/bulk/bulk-button";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { copyText } from "@/components/ui/overlay/copy";
import { showToast } from "@/components/ui/overlay/toast";
import { formatNumber, plural } from "@/lib/format";
import { isCutName } from "@/lib/model/rows/shown-name";
import type { TaskSummary } from "@/lib/model/task";
import { exportHead, exportLine } from "@/lib/query/tasks-export";
import { EXPORT_FORMATS, type ExportFormat } from "@/lib/search-params/tasks/export";
import { FORMAT_NAMES, saveFile } from "../export/export-file";
import type { Selection } from "./use-selection";

/** Actions on the selected tasks. */
export function SelectionBar({
  selection,
  paths,
}: {
  selection: Selection;
  /** The JSON paths shown as columns. */
  paths: readonly string[];
}) {
  const tasks = [...selection.picked.values()];
  async function copy() {
    const copied = await copyText(tasks.map((task) => task.taskId).join("\n"));
    if (copied) showToast({ title: `Copied ${plural(tasks.length, "id")}` });
  }
  return (
    <section
      aria-label="Selection"
      className="float-in sticky bottom-2 z-20 mx-2 flex min-h-11 flex-wrap items-center gap-2 rounded-3 bg-raised py-2 pr-2 pl-3 shadow-3 wide:bottom-3 wide:mx-auto wide:w-max wide:max-w-[calc(100%-32px)]"
    >
      <span aria-live="polite" className="mr-auto whitespace-nowrap font-semibold wide:mr-2">
        {formatNumber(tasks.length)} selected
      </span>
      <BulkButton label="Actions" selection={() => ({ ids: tasks })} onStarted={selection.clear} />
      <Button onClick={copy}>
        <Icon name="copy" size={14} />
        Copy ids
      </Button>
      <ExportSelected tasks={tasks} paths={paths} />
      <Button variant="ghost" size="square" aria-label="Clear selection" onClick={selection.clear}>
        <Icon name="x" />
      </Button>
    </section>
  );
}

const CUT =
  "Names of more than 500 characters are cut as in the list. The export of the whole list has up to 100,000.";

/** Saves the selected tasks as a file, from rows already loaded. */
function ExportSelected({
  tasks,
  paths,
}: {
  tasks: readonly TaskSummary[];
  paths: readonly string[];
}) {
  const denied = useDenied("export tasks");
  const save = (format: ExportFormat) =>
    saveFile(format, [
      exportHead(format, paths),
      ...tasks.map((task) => exportLine(format, paths, task)),
    ]);
  // The rows are on screen anyway, so not offering the file is enough.
  if (denied !== null) return null;
  return EXPORT_FORMATS.map((format) => (
    <Button
      key={format}
      data-tip={tasks.some(({ name }) => isCutName(name)) ? CUT : undefined}
      onClick={() => save(format)}
      className={format === "csv" ? "" : "hidden wide:inline-flex"}
    >
      <Icon name="download" size={14} />
      {FORMAT_NAMES[format]}
    </Button>
  ));
}
