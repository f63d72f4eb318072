import { parseExactly, printExactly } from "@/components/ui/json/json-model";
import type { WorkflowInput } from "@/lib/highway/model/inputs";
import { getOwn } from "@/lib/model/get-own";

/** The kind of control, derived from the default; `any` without a default. */
export type InputKind = "text" | "number" | "switch" | "json" | "any";

/** One input in the form. */
export type InputField = {
  name: string;
  kind: InputKind;
  isRequired: boolean;
  /** The initial text. An unchanged optional input is not sent. */
  initial: string;
};

/** Form fields for a workflow's inputs. */
export function listFields(inputs: readonly WorkflowInput[]): InputField[] {
  return inputs.map((input) => {
    const isRequired = !("default" in input);
    const kind = isRequired ? "any" : getKind(input.default);
    return { name: input.name, kind, isRequired, initial: formatText(input.default) };
  });
}

function getKind(value: unknown): InputKind {
  if (typeof value === "boolean") return "switch";
  if (typeof value === "string") return "text";
  return typeof value === "number" || typeof value === "bigint" ? "number" : "json";
}

function formatText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : printExactly(value);
}

/** What is wrong with the text in a field; `null` if it is valid. */
export function findProblem({ kind, isRequired }: InputField, text: string): string | null {
  if (isRequired && text.trim() === "") return "Required";
  if (kind === "number") return isNumber(text) ? null : "Not a number";
  if (kind === "json") return parseExactly(text) ? null : "Not JSON; text needs quotes";
  return null;
}

function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim());
}

/** A field's text as JSON. In a field of kind `any`, valid JSON is kept and other text becomes a string. */
export function toJson({ kind }: InputField, text: string): string {
  if (kind === "text") return JSON.stringify(text);
  if (kind === "any") return parseExactly(text) ? text.trim() : JSON.stringify(text);
  return text.trim();
}

/** Describes how the text in a field of kind `any` is interpreted. */
export function describeParsing(text: string): string {
  if (text.trim() === "") return "Text or JSON";
  const parsed = parseExactly(text);
  if (!parsed) return "Sent as text";
  const { value } = parsed;
  if (value === null) return "Sent as null";
  if (Array.isArray(value)) return "Sent as a list";
  if (typeof value === "string") return "Sent as text, without the quotes";
  if (typeof value === "boolean") return "Sent as a boolean";
  return isNumber(text) ? "Sent as a number; put text in quotes" : "Sent as an object";
}

/**
 * The text in a field: typed, or else initial. Uses own properties only, because an input may be named like a member of
 * every object.
 */
export function getText({ name, initial }: InputField, texts: Readonly<Record<string, string>>) {
  return getOwn(texts, name) ?? initial;
}

/** The required and changed inputs as the text of a JSON object. */
export function toInputs(
  fields: readonly InputField[],
  texts: Readonly<Record<string, string>>,
): string {
  const members = fields.flatMap((field) => {
    const text = getText(field, texts);
    if (field.isRequired ? text.trim() === "" : text === field.initial) return [];
    return [`${JSON.stringify(field.name)}: ${toJson(field, text)}`];
  });
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Field texts for an earlier run's inputs; `null` if an input has no field or doesn't fit it. */
export function fromInputs(
  fields: readonly InputField[],
  text: string,
): Record<string, string> | null {
  const value = parseExactly(text)?.value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).map(([name, one]): [string, string] | null => {
    const field = fields.find((other) => other.name === name);
    if (!field || (field.kind === "text" && typeof one !== "string")) return null;
    if (field.kind !== "any") return [name, formatText(one)];
    // Text that would parse as JSON keeps its quotes.
    const plain =
      typeof one === "string" && parseExactly(one) === undefined ? one : printExactly(one);
    return [name, plain];
  });
  return entries.includes(null)
    ? null
    : Object.fromEntries(entries.filter((entry) => entry !== null));
}

/** Parses tags, one `key=value` per line, into the text of a JSON object; `undefined` if a line is invalid. */
export function toTags(text: string): string | undefined {
  const lines = text.split("\n").flatMap((line) => line.trim() || []);
  const entries = lines.map((line) => /^([^=]+)=(.*)$/.exec(line));
  if (entries.includes(null)) return undefined;
  const pairs = entries.map((entry) => [entry?.[1]?.trim() ?? "", entry?.[2]?.trim() ?? ""]);
  return pairs.length === 0 ? "" : JSON.stringify(Object.fromEntries(pairs));
}
