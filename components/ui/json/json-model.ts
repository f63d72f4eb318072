import { isLosslessNumber, parse, stringify } from "lossless-json";
import { revealControls } from "@/lib/format";

/** One line of a displayed JSON document. `path` is unique and can be copied. */
export type JsonLine = {
  path: string;
  depth: number;
  key: string | null;
  kind: "string" | "number" | "word" | "open" | "close" | "folded" | "empty";
  /** The value or bracket as JSON text; for a folded container, its size. */
  text: string;
  comma: boolean;
};

/** Parses JSON without losing digits: numbers keep their text. `undefined` if the text is not JSON. */
export function parseExactly(text: string): { value: unknown } | undefined {
  try {
    return { value: parse(text) };
  } catch {
    return undefined;
  }
}

/** The exact JSON text of a value from `parseExactly`, indented by two spaces. */
export function printExactly(value: unknown): string {
  return stringify(value, null, 2) ?? "null";
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Path of a child, such as `order.items[0]["unit price"]`. */
export function joinPath(parent: string, key: string | number): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  if (!IDENTIFIER.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent ? `${parent}.${key}` : key;
}

type Entry = [key: string | number, value: unknown];

function listEntries(value: unknown): Entry[] | null {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  if (value === null || typeof value !== "object" || isLosslessNumber(value)) return null;
  return Object.entries(value);
}

/**
 * The lines of a document; each container in `folded` (by path) is a single line. Iterative, because users control the
 * depth.
 */
export function listLines(root: unknown, folded: ReadonlySet<string>): JsonLine[] {
  const lines: JsonLine[] = [];
  type Task = { value: unknown; path: string; key: string | null; depth: number; comma: boolean };
  const stack: (Task | JsonLine)[] = [{ value: root, path: "", key: null, depth: 0, comma: false }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if ("kind" in next) {
      lines.push(next);
      continue;
    }
    const { value, path, key, depth, comma } = next;
    const entries = listEntries(value);
    if (!entries) {
      lines.push({ path, depth, key, comma, ...leaf(value) });
      continue;
    }
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (entries.length === 0) {
      lines.push({ path, depth, key, comma, kind: "empty", text: open + close });
      continue;
    }
    if (folded.has(path)) {
      const unit = open === "[" ? "item" : "key";
      const text = `${open} ${entries.length} ${unit}${entries.length === 1 ? "" : "s"} ${close}`;
      lines.push({ path, depth, key, comma, kind: "folded", text });
      continue;
    }
    lines.push({ path, depth, key, comma: false, kind: "open", text: open });
    stack.push({ path: `${path}/end`, depth, key: null, comma, kind: "close", text: close });
    for (let index = entries.length - 1; index >= 0; index--) {
      const [name, child] = entries[index] as Entry;
      stack.push({
        value: child,
        path: joinPath(path, name),
        key: typeof name === "string" ? name : null,
        depth: depth + 1,
        comma: index < entries.length - 1,
      });
    }
  }
  return lines;
}

function leaf(value: unknown): Pick<JsonLine, "kind" | "text"> {
  if (isLosslessNumber(value)) return { kind: "number", text: value.value };
  if (typeof value === "string") return { kind: "string", text: printString(value) };
  return { kind: "word", text: String(value) };
}

/** The JSON text of a string; characters that reorder or hide text are escaped. */
export function printString(value: string): string {
  return revealControls(JSON.stringify(value));
}

/** The value at a path from `listLines`; `undefined` if there is none. */
export function getValueAt(root: unknown, path: string): unknown {
  if (path === "") return root;
  const entries = listEntries(root) ?? [];
  for (const [key, child] of entries) {
    const prefix = joinPath("", key);
    if (path === prefix) return child;
    const rest = path.slice(prefix.length);
    if (path.startsWith(prefix) && /^[.[]/.test(rest))
      return getValueAt(child, rest.replace(/^\./, ""));
  }
  return undefined;
}

/** Paths of containers at or below `depth`, for folding a long document initially. */
export function listPathsBelow(root: unknown, depth: number): string[] {
  return listLines(root, new Set())
    .filter((line) => line.kind === "open" && line.depth >= depth)
    .map((line) => line.path);
}

/** Indexes of the lines whose key or value contains `text`, ignoring case. */
export function findLines(lines: readonly JsonLine[], text: string): number[] {
  const needle = text.toLowerCase();
  if (!needle) return [];
  return lines.flatMap((line, index) =>
    line.kind !== "close" &&
    (line.key?.toLowerCase().includes(needle) || line.text.toLowerCase().includes(needle))
      ? [index]
      : [],
  );
}
