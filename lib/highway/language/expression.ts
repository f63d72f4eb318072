import { parseJson } from "../../absurd/connection/json.ts";
import type { Json } from "../../model/json.ts";
import { compare, contains, isTrue, looselyEqual } from "./comparison.ts";
import {
  fillTemplates,
  type Lookup,
  parsePath,
  parseTemplate,
  TemplateError,
  type TemplatePath,
} from "./template.ts";

const TOKEN =
  /\s*(?:(\{\{.*?\}\}|\$\{(?!\{).*?\})|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(==|!=|<=|>=|[<>()[\],])|([A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:-?\d+|'[^']*'|"[^"]*")\])*))/gsy;

const WORDS = new Set(["and", "or", "not", "in", "contains"]);
const LITERALS = new Map<string, Json>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["null", null],
  ["None", null],
]);

type Token =
  | { kind: "value"; evaluate: Expression; paths: readonly TemplatePath[]; text: string }
  | { kind: "sign"; text: string };

/** Computes the value of an expression from the values of its paths. */
export type Expression = (lookup: Lookup) => Json;

/**
 * Parses an expression: `or`, `and`, `not`, comparisons (`== != < <= > >= in`, `not in`, `contains`), parentheses,
 * numbers, quoted text, `true`, `false`, `null`, lists, templates and bare paths. A template is a value, not text
 * that is inserted into the expression.
 *
 * @throws TemplateError for anything else.
 */
export function parseExpression(text: string): Expression {
  return new Parser(tokenize(text), text).parse();
}

/**
 * Whether an expression holds. False, 0, "", "false", null and empty lists and mappings count as false.
 *
 * @throws TemplateError.
 */
export function evaluateCondition(text: string, lookup: Lookup): boolean {
  return isTrue(parseExpression(text)(lookup));
}

/** The paths that an expression names, bare and in templates, in order. @throws TemplateError. */
export function listPaths(text: string): TemplatePath[] {
  return tokenize(text).flatMap((token) => (token.kind === "value" ? token.paths : []));
}

/** Longer expressions are refused: each word or sign takes a microsecond or two. */
const MOST_TOKENS = 200_000;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match)
      throw new TemplateError(`'${text}' cannot be parsed from '${text.slice(at).trim()}' on`);
    if (tokens.length === MOST_TOKENS)
      throw new TemplateError(`the expression has more than ${MOST_TOKENS} words and signs`);
    tokens.push(toToken(match));
  }
  return tokens;
}

function toToken([, template, quoted, number, sign, word]: RegExpExecArray): Token {
  if (template !== undefined) return toTemplateToken(template, template);
  if (quoted !== undefined)
    return toTemplateToken(quoted, quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
  if (number !== undefined) return toLiteral(number, parseNumber(number));
  if (sign !== undefined) return { kind: "sign", text: sign };
  const name = word ?? "";
  if (WORDS.has(name)) return { kind: "sign", text: name };
  const literal = LITERALS.get(name);
  if (literal !== undefined) return toLiteral(name, literal);
  const path = parsePath(name);
  return { kind: "value", text: name, paths: [path], evaluate: (lookup) => lookup(path) };
}

function parseNumber(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw new TemplateError(`the number ${text} is too large`);
  }
}

function toLiteral(text: string, value: Json): Token {
  return { kind: "value", text, paths: [], evaluate: () => value };
}

/** Templates are parsed with the expression, so that an error in one is found before it is evaluated. */
function toTemplateToken(text: string, content: string): Token {
  const isPlain = !content.includes("{{") && !content.includes("$");
  if (isPlain) return toLiteral(text, content);
  const paths = parseTemplate(content).parts.filter((part) => typeof part !== "string");
  return { kind: "value", text, paths, evaluate: (lookup) => fillTemplates(content, lookup) };
}

/** Deeper expressions would exhaust the stack, during parsing or evaluation. */
const MAX_DEPTH = 100;

class Parser {
  private position = 0;
  private depth = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly text: string,
  ) {}

  parse(): Expression {
    const expression = this.or();
    const rest = this.tokens[this.position];
    if (rest) throw new TemplateError(`'${this.text}' has an unexpected '${rest.text}'`);
    return expression;
  }

  private or(): Expression {
    const [first, ...others] = this.series("or", () => this.and());
    if (others.length === 0) return first;
    return (lookup) => [first, ...others].some((one) => isTrue(one(lookup)));
  }

  private and(): Expression {
    const [first, ...others] = this.series("and", () => this.not());
    if (others.length === 0) return first;
    return (lookup) => [first, ...others].every((one) => isTrue(one(lookup)));
  }

  /** Expressions separated by a word. */
  private series(word: string, parse: () => Expression): [Expression, ...Expression[]] {
    const series: [Expression, ...Expression[]] = [parse()];
    while (this.take(word)) series.push(parse());
    return series;
  }

  private not(): Expression {
    let isNegated = false;
    if (!this.take("not")) return this.comparison();
    do isNegated = !isNegated;
    while (this.take("not"));
    const inner = this.comparison();
    return (lookup) => isTrue(inner(lookup)) !== isNegated;
  }

  private comparison(): Expression {
    const left = this.primary();
    const both = (apply: (a: Json, b: Json) => boolean): Expression => {
      const right = this.primary();
      return (lookup) => apply(left(lookup), right(lookup));
    };
    if (this.take("==")) return both(looselyEqual);
    if (this.take("!=")) return both((a, b) => !looselyEqual(a, b));
    if (this.take("<=")) return both((a, b) => compare(a, b) <= 0);
    if (this.take(">=")) return both((a, b) => compare(a, b) >= 0);
    if (this.take("<")) return both((a, b) => compare(a, b) < 0);
    if (this.take(">")) return both((a, b) => compare(a, b) > 0);
    if (this.take("in")) return both((a, b) => contains(b, a));
    if (this.take("contains")) return both(contains);
    if (this.peek("not") && this.tokens[this.position + 1]?.text === "in") {
      this.position += 2;
      return both((a, b) => !contains(b, a));
    }
    return left;
  }

  private primary(): Expression {
    if (this.take("(")) return this.inside(")", () => this.or());
    if (this.take("[")) return this.inside("]", () => this.list());
    const token = this.tokens[this.position++];
    if (token?.kind !== "value")
      throw new TemplateError(
        token
          ? `'${this.text}' has an unexpected '${token.text}'`
          : `'${this.text}' ends where a value is needed`,
      );
    return token.evaluate;
  }

  private inside(end: string, parse: () => Expression): Expression {
    if (++this.depth > MAX_DEPTH)
      throw new TemplateError(`the expression is nested more than ${MAX_DEPTH} levels deep`);
    const inner = parse();
    this.expect(end);
    this.depth--;
    return inner;
  }

  private list(): Expression {
    const items: Expression[] = [];
    while (!this.peek("]")) {
      if (items.length > 0) this.expect(",");
      items.push(this.primary());
    }
    return (lookup) => items.map((item) => item(lookup));
  }

  private peek(sign: string): boolean {
    const token = this.tokens[this.position];
    return token?.kind === "sign" && token.text === sign;
  }

  private take(sign: string): boolean {
    const found = this.peek(sign);
    if (found) this.position++;
    return found;
  }

  private expect(sign: string): void {
    if (!this.take(sign)) throw new TemplateError(`'${this.text}' needs a '${sign}'`);
  }
}
