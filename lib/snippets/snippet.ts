import { isLosslessNumber } from "lossless-json";

/** A piece of code that can be copied and run unchanged. */
export type Snippet = { title: string; language: "sql" | "javascript"; text: string };

/** Quotes a name as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text as an SQL literal, independent of `standard_conforming_strings`. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/**
 * Prints a value parsed by `lossless-json` as JavaScript source. Integers that a double would round become bigints; a
 * key `__proto__` becomes an ordinary property.
 */
export function printSource(value: unknown, indent = ""): string {
  if (isLosslessNumber(value)) return printNumber(value.value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => printSource(item, inner))
    : Object.entries(value).map(([key, item]) => `${printKey(key)}: ${printSource(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (members.length === 0) return `${open}${close}`;
  const line = `${open} ${members.join(", ")} ${close}`;
  if (line.length + indent.length <= 80 && !line.includes("\n")) return line;
  return `${open}\n${members.map((member) => `${inner}${member},`).join("\n")}\n${indent}${close}`;
}

function printKey(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function printNumber(text: string): string {
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text)) ? `${text}n` : text;
}
