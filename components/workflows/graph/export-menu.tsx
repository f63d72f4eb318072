"use client";
import { Select } from "@/components/ui/form/select";
import { Icon } from "@/components/ui/icons/icon";
import type { Workflow } from "@/lib/highway/model/workflow";
import { saveFile } from "./save-svg";

/** The workflow to export, and the file name without extension. */
export type Exports = { name: string; workflow: Workflow };

const FORMATS = [
  { value: "", label: "Export" },
  { value: "svg", label: "Graph (SVG)" },
  { value: "mermaid", label: "Mermaid" },
  { value: "mermaid-classic", label: "Mermaid, classic" },
  { value: "yaml", label: "YAML" },
  { value: "json", label: "JSON" },
];

/** Saves the definition or its graph as a file. Serializers load on demand. */
export function ExportMenu({ exports, svg }: { exports: Exports; svg: () => string }) {
  const { name, workflow } = exports;
  async function save(format: string) {
    switch (format) {
      case "svg":
        return saveFile(`${name}.svg`, "image/svg+xml", svg());
      case "yaml":
      case "json": {
        const { serializeWorkflow } = await import("@/lib/highway/language/serialize");
        const type = format === "json" ? "application/json" : "application/yaml";
        return saveFile(`${name}.${format}`, type, serializeWorkflow(workflow, format));
      }
      case "mermaid":
      case "mermaid-classic": {
        const { toMermaid } = await import("@/lib/highway/diagrams/mermaid");
        const style = format === "mermaid" ? "rich" : "classic";
        return saveFile(`${name}.mmd`, "text/plain", toMermaid(workflow, { style }));
      }
    }
  }
  return (
    <span className="relative inline-flex">
      <Icon
        name="download"
        size={14}
        className="pointer-events-none absolute inset-y-0 left-2 z-1 my-auto"
      />
      <Select
        quiet
        aria-label="Export"
        value=""
        options={FORMATS}
        className="w-26 [&>select]:pl-7"
        onChange={({ target }) => save(target.value)}
      />
    </span>
  );
}
