"use client";
import { Icon } from "@/components/ui/icons/icon";
import { Menu } from "@/components/ui/overlay/menu";
import { showToast } from "@/components/ui/overlay/toast";
import type { Workflow } from "@/lib/highway/model/workflow";
import { saveFile } from "./save-svg";

/** The workflow to export, and the file name without extension. */
export type Exports = { name: string; workflow: Workflow };

/** Saves the definition or its graph as a file. Serializers load on demand. */
export function ExportMenu({ exports, svg }: { exports: Exports; svg: () => string }) {
  const { name, workflow } = exports;
  const saveDefinition = (format: "yaml" | "json") => async () => {
    const { serializeWorkflow } = await import("@/lib/highway/language/serialize");
    const type = format === "json" ? "application/json" : "application/yaml";
    saveFile(`${name}.${format}`, type, serializeWorkflow(workflow, format));
  };
  const saveMermaid = (style: "rich" | "classic") => async () => {
    const { toMermaid } = await import("@/lib/highway/diagrams/mermaid");
    saveFile(`${name}.mmd`, "text/plain", toMermaid(workflow, { style }));
  };
  const item = (label: string, save: () => Promise<void>) => ({
    label,
    onChoose: () => void save().catch(() => showToast(NOT_LOADED)),
  });
  return (
    <Menu
      name="Export"
      label={
        <>
          <Icon name="download" size={14} />
          Export
        </>
      }
      items={[
        {
          label: "Graph (SVG)",
          onChoose: () => saveFile(`${name}.svg`, "image/svg+xml", svg()),
        },
        item("Mermaid", saveMermaid("rich")),
        item("Mermaid, classic", saveMermaid("classic")),
        item("YAML", saveDefinition("yaml")),
        item("JSON", saveDefinition("json")),
      ]}
    />
  );
}

const NOT_LOADED = {
  tone: "bad",
  title: "Nothing was saved",
  text: "The dashboard’s server did not respond. Try again.",
} as const;
