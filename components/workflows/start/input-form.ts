import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { WorkflowInput } from "@/lib/highway/model/inputs";

/** How an input is asked for, told from its default; `any` where there is none to tell. */
export type InputKind = "text" | "number" | "switch" | "json" | "any";

/** One input as its field holds it. */
export type InputField = {
  name: string;
  kind: InputKind;
  isRequired: boolean;
  /** What it is when nobody changes it; then it is not sent. */
  initial: string;
};

/** The fields of a workflow's inputs. */
export function listFields(inputs: readonly WorkflowInput[]): InputField[] {
  return inputs.map((input) => {
    const isRequired = !("default" in input);
    const kind = isRequired ? "any" : kindOf(input.default);
    return { name: input.name, kind, isRequired, initial: textOf(input.default) };
  });
}

function kindOf(value: unknown): InputKind {
  if (typeof value === "boolean") return "switch";
  if (typeof value === "string") return "text";
  return typeof value === "number" || typeof value === "bigint" ? "number" : "json";
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : printExactly(value);
}

/** What is wrong with the text in a field; `null` when nothing is. */
export function fieldProblem({ kind, isRequired }: InputField, text: string): string | null {
  if (isRequired && text.trim() === "") return "Needed";
  if (kind === "number") return isNumber(text) ? null : "A number";
  if (kind === "json") return parseExactly(text) ? null : "This is not JSON: text needs quotes";
  return null;
}

function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim());
}

/** The text in a field as JSON. Where the kind is open, what reads as JSON is that, and all else is text. */
export function toJson({ kind }: InputField, text: string): string {
  if (kind === "text") return JSON.stringify(text);
  if (kind === "any") return parseExactly(text) ? text.trim() : JSON.stringify(text);
  return text.trim();
}

/** As what the text in a field of an open kind is taken. */
export function takenAs(text: string): string {
  if (text.trim() === "") return "Text, or JSON";
  const parsed = parseExactly(text);
  if (!parsed) return "Taken as text";
  const { value } = parsed;
  if (value === null) return "Taken as null";
  if (Array.isArray(value)) return "Taken as a list";
  if (typeof value === "string") return "Taken as text, without the quotes";
  if (typeof value === "boolean") return "Taken as a switch";
  return isNumber(text) ? "Taken as a number; for text put it in quotes" : "Taken as an object";
}

/** The inputs as the text of a JSON object: those that are needed, and those that were changed. */
export function toInputs(
  fields: readonly InputField[],
  texts: Readonly<Record<string, string>>,
): string {
  const members = fields.flatMap((field) => {
    const text = texts[field.name] ?? field.initial;
    if (field.isRequired ? text.trim() === "" : text === field.initial) return [];
    return [`${JSON.stringify(field.name)}: ${toJson(field, text)}`];
  });
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Inputs of an earlier run as texts of the fields; `null` when it was given one that has no field. */
export function fromInputs(
  fields: readonly InputField[],
  text: string,
): Record<string, string> | null {
  const value = parseExactly(text)?.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).map(([name, one]): [string, string] | null => {
    const field = fields.find((other) => other.name === name);
    if (!field || (field.kind === "text" && typeof one !== "string")) return null;
    if (field.kind !== "any") return [name, textOf(one)];
    // Text that would be read as something else keeps its quotes.
    const plain =
      typeof one === "string" && parseExactly(one) === undefined ? one : printExactly(one);
    return [name, plain];
  });
  return entries.includes(null)
    ? null
    : Object.fromEntries(entries.filter((entry) => entry !== null));
}

/** Tags written as `key=value`, one a line, as the text of a JSON object; `undefined` when a line is neither. */
export function toTags(text: string): string | undefined {
  const lines = text.split("\n").flatMap((line) => line.trim() || []);
  const entries = lines.map((line) => /^([^=]+)=(.*)$/.exec(line));
  if (entries.includes(null)) return undefined;
  const pairs = entries.map((entry) => [entry?.[1]?.trim() ?? "", entry?.[2]?.trim() ?? ""]);
  return pairs.length === 0 ? "" : JSON.stringify(Object.fromEntries(pairs));
}
