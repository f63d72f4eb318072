"use client";
import { Icon } from "@/components/ui/icons/icon";
import { Menu } from "@/components/ui/overlay/menu";
import { showToast } from "@/components/ui/overlay/toast";
import { saveFile } from "./save-svg";

/** The file name without extension, and the definition's JSON, fetched on demand. */
export type Exports = { name: string; loadText: () => Promise<string> };

/** Saves the definition or, if one is drawn, its graph as a file. Serializers load on demand. */
export function ExportMenu({ exports, svg }: { exports: Exports; svg?: () => string }) {
  const { name, loadText } = exports;
  const load = async () => {
    const { parseJsonWorkflow } = await import("@/lib/highway/language/parse-json");
    const { workflow } = parseJsonWorkflow(await loadText());
    if (!workflow) throw new Error("The definition cannot be parsed.");
    return workflow;
  };
  const saveDefinition = (format: "yaml" | "json") => async () => {
    const { serializeWorkflow } = await import("@/lib/highway/language/serialize");
    const type = format === "json" ? "application/json" : "application/yaml";
    saveFile(`${name}.${format}`, type, serializeWorkflow(await load(), format));
  };
  const saveMermaid = (style: "rich" | "classic") => async () => {
    const { toMermaid } = await import("@/lib/highway/diagrams/mermaid");
    saveFile(`${name}.mmd`, "text/plain", toMermaid(await load(), { style }));
  };
  const saveGraphviz = async () => {
    const { toGraphviz } = await import("@/lib/highway/diagrams/graphviz");
    saveFile(`${name}.dot`, "text/vnd.graphviz", toGraphviz(await load()));
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
        ...(svg
          ? [
              {
                label: "Graph (SVG)",
                onChoose: () => saveFile(`${name}.svg`, "image/svg+xml", svg()),
              },
            ]
          : []),
        item("Mermaid", saveMermaid("rich")),
        item("Mermaid, classic", saveMermaid("classic")),
        item("Graphviz", saveGraphviz),
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
