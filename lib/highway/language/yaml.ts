/** YAML 1.1 as PyYAML's safe loader parses it, for values that JSON can express. */
import {
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { joinPath, type Problem } from "../model/problem.ts";
import { keepOrder, listEntries } from "./key-order.ts";

/** The maximum number of reported errors; most later ones follow from the first. */
const MAX_ERRORS = 20;
/** Longer text is refused, in characters. */
const MOST_CHARACTERS = 1_000_000;
/** The maximum depth of open levels, each of which takes a part of the stack. */
const MOST_LEVELS = 400;
/** The maximum number of anchors, comments and line breaks in one place; more of them are hardly intended. */
const MOST_IN_PLACE = 10_000;

const BOOLEANS = new Map<string, boolean>([
  ...["yes", "true", "on"].flatMap((word) => inCases(word).map((one) => [one, true] as const)),
  ...["no", "false", "off"].flatMap((word) => inCases(word).map((one) => [one, false] as const)),
]);
const NULL = /^(?:~|null|Null|NULL|)$/;
const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Dates and times stay text here; PyYAML turns them into objects. */
const TIMESTAMP =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)$/;

function inCases(word: string): string[] {
  return [word, word.toUpperCase(), `${word.charAt(0).toUpperCase()}${word.slice(1)}`];
}

/** Whether unquoted text would parse as something other than this text, here or in PyYAML. */
export function needsQuotes(text: string): boolean {
  return resolvePlain(text) !== text || TIMESTAMP.test(text) || text === "=" || text === "<<";
}

/**
 * The value of one YAML document. Scalars have the types of YAML 1.1 (`yes` and `on` are true, `1:30` is 90, `1e3`
 * is text); dates are text, and integers that a double would round are `bigint`. Keys become text: `~` is `null`,
 * `0x1f` is `31`. Objects that an alias repeats are shared. Errors: further documents, tags and values that JSON
 * lacks, keys that occur twice. Never throws.
 */
export function parseYaml(text: string): { value?: unknown; problems: Problem[] } {
  const counter = new LineCounter();
  try {
    const obstacle = findObstacle(text);
    if (obstacle) return { problems: [syntaxProblem(obstacle)] };
    const document = parseDocument(text, {
      version: "1.1",
      schema: "failsafe",
      merge: false,
      uniqueKeys: false,
      lineCounter: counter,
      logLevel: "error",
      // Each error would quote the surrounding text, and there may be one per character.
      prettyErrors: false,
    });
    const errors = document.errors.slice(0, MAX_ERRORS);
    const problems = errors.map(({ message, pos: [at] }) => {
      const { line, col } = counter.linePos(at);
      return syntaxProblem(`${message} at line ${line}, column ${col}`);
    });
    if (problems.length > 0) return { problems };
    const reader = new Reader(counter);
    const value = reader.convert(document.contents, "");
    const { problems: found } = reader;
    return found.some(({ severity }) => severity === "error")
      ? { problems: found }
      : { value, problems: found };
  } catch (error) {
    return { problems: [syntaxProblem(error instanceof Error ? error.message : String(error))] };
  }
}

/** The reason to refuse a text before parsing it, found by a scan of its tokens in linear time. */
function findObstacle(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS)
    return `It has more than ${MOST_CHARACTERS / 1_000_000} million characters`;
  const parser = new Parser();
  let ended = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme)) ended++;
    if (parser.stack.length > MOST_LEVELS) return "It is nested too deeply";
    if (ended + countAround(parser.stack.at(-1)) > MOST_IN_PLACE)
      return "It has too many anchors, comments or line breaks in one place";
  }
  return undefined;
}

/** The tokens before and after the content of an open node. */
function countAround(node: CST.Token | undefined): number {
  const start = node && "start" in node && Array.isArray(node.start) ? node.start : [];
  const end = node && "end" in node && Array.isArray(node.end) ? node.end : [];
  return start.length + end.length;
}

function syntaxProblem(message: string): Problem {
  const [first = ""] = message.split("\n");
  return {
    path: "",
    code: "syntax",
    severity: "error",
    message: `This is not YAML: ${first.replace(/; please use YAML[^ ]*\(\)/, "; only one is allowed").replace(/:$/, "")}`,
  };
}

class Reader {
  readonly problems: Problem[] = [];
  /** The values of anchors, including those of nodes that are being converted. */
  private readonly anchors = new Map<string, unknown>();

  constructor(private readonly counter: LineCounter) {}

  convert(node: Node | null, path: string): unknown {
    if (node === null) return null;
    if (isAlias(node)) {
      if (this.anchors.has(node.source)) return this.anchors.get(node.source);
      this.report(node, path, `There is no anchor &${node.source} before the alias`);
      return null;
    }
    if (isScalar(node)) {
      const value = this.convertScalar(node, path);
      if (node.anchor) this.anchors.set(node.anchor, value);
      return value;
    }
    const tag = node.tag;
    if (tag !== undefined && !/^(?:!|tag:yaml\.org,2002:(?:map|seq))$/.test(tag))
      this.report(node, path, `The tag ${shorten(tag)} is not supported`);
    if (isSeq(node)) {
      const items: unknown[] = [];
      if (node.anchor) this.anchors.set(node.anchor, items);
      for (const [index, item] of node.items.entries())
        items.push(this.convert(item as Node | null, joinPath(path, index)));
      return items;
    }
    return isMap(node) ? this.convertMap(node, path) : null;
  }

  private convertMap(node: YAMLMap, path: string): object {
    const members = new Map<string, unknown>();
    const value: Record<string, unknown> = {};
    if (node.anchor) this.anchors.set(node.anchor, value);
    const merged: unknown[] = [];
    for (const { key, value: member } of node.items) {
      if (isScalar(key) && key.type === "PLAIN" && key.source === "<<" && !key.tag) {
        const source = this.convert(member as Node | null, joinPath(path, "<<"));
        const sources = Array.isArray(source) ? source : [source];
        // With several sources the first one wins, so it is entered last.
        if (sources.every(isObject)) merged.push(...sources.reverse());
        else this.report(key, path, "<< needs a mapping, or a list of mappings");
        continue;
      }
      const name = this.convertKey(key as Node | null, path);
      const at = joinPath(path, name);
      if (members.has(name))
        this.report((key ?? node) as Node, path, `The key '${name}' occurs twice`);
      members.set(name, this.convert(member as Node | null, at));
    }
    const all = [
      ...merged.flatMap((source) => listEntries(source as Record<string, unknown>)),
      ...members,
    ];
    for (const [name, member] of all)
      Object.defineProperty(value, name, {
        value: member,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    keepOrder(
      value,
      all.map(([name]) => name),
    );
    return value;
  }

  /** Booleans and numbers are accepted as keys, but are rarely meant. */
  private convertKey(node: Node | null, path: string): string {
    const value = this.convert(node, path);
    if (typeof value === "string") return value;
    const source = isScalar(node) ? node.source || "~" : "";
    if (typeof value === "object" && value !== null && node) {
      this.report(node, path, "A key must be a scalar");
      return "";
    }
    const name = String(value);
    if (typeof value === "boolean" || (value !== null && name !== source))
      this.problems.push({
        path: joinPath(path, name),
        code: "key_type",
        severity: "warning",
        message: `YAML reads the key ${source} as the ${typeof value === "boolean" ? "boolean" : "number"} ${name}`,
        hint: `write '${source}' if text is meant`,
      });
    return name;
  }

  private convertScalar(node: Scalar, path: string): unknown {
    const text = String(node.value ?? "");
    const tag = node.tag?.replace("tag:yaml.org,2002:", "!!");
    const value =
      tag === undefined
        ? node.type === "PLAIN"
          ? resolvePlain(text)
          : text
        : resolveTagged(tag, text);
    if (value === undefined) {
      this.report(
        node,
        path,
        tag && /^!!(?:int|float|bool|null)$/.test(tag)
          ? `'${text}' is not a value of ${tag}`
          : `The tag ${shorten(node.tag ?? "")} is not supported`,
      );
      return null;
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.report(node, path, `JSON has no number ${text}`);
      return null;
    }
    return value;
  }

  private report(node: Node, path: string, what: string): void {
    const { line, col } = this.counter.linePos(node.range?.[0] ?? 0);
    this.problems.push({
      path,
      code: "syntax",
      severity: "error",
      message: `${what} (line ${line}, column ${col})`,
    });
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shorten(tag: string): string {
  return tag.replace("tag:yaml.org,2002:", "!!");
}

/** The value of an unquoted scalar without a tag. */
function resolvePlain(text: string): unknown {
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return boolean;
  if (NULL.test(text)) return null;
  if (INTEGER.test(text)) return toInteger(text);
  return FLOAT.test(text) ? toFloat(text) : text;
}

/** The value of a scalar with a tag of YAML; `undefined` for other tags and for text that is not of that type. */
function resolveTagged(tag: string, text: string): unknown {
  switch (tag) {
    case "!":
    case "!!str":
      return text;
    case "!!null":
      return null;
    case "!!bool":
      return BOOLEANS.get(text);
    case "!!int":
      return INTEGER.test(text) ? toInteger(text) : undefined;
    case "!!float":
      return FLOAT.test(text) || INTEGER.test(text) ? toFloat(text) : undefined;
    default:
      return undefined;
  }
}

/** An integer that a double would round is `bigint`. */
function toInteger(text: string): number | bigint {
  const digits = text.replace(/[_+-]/g, "");
  const sign = text.startsWith("-") ? -1n : 1n;
  const value = sign * toUnsigned(digits);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function toUnsigned(digits: string): bigint {
  if (digits.includes(":"))
    return digits.split(":").reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  if (/^0[bx]/.test(digits)) return BigInt(digits);
  return digits.length > 1 && digits.startsWith("0") ? BigInt(`0o${digits}`) : BigInt(digits);
}

function toFloat(text: string): number {
  const lower = text.replaceAll("_", "").toLowerCase();
  if (lower.endsWith(".nan")) return Number.NaN;
  const sign = lower.startsWith("-") ? -1 : 1;
  const digits = lower.replace(/^[-+]/, "");
  if (digits === ".inf") return sign * Number.POSITIVE_INFINITY;
  return sign * digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
