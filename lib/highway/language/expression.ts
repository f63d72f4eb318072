import { parseJson } from "../../absurd/json.ts";
import type { Json } from "../../model/json.ts";
import { compare, contains, isTrue, looselyEqual } from "./comparison.ts";
import { fillTemplates, type Lookup, parsePath, TemplateError } from "./template.ts";

const TOKEN =
  /\s*(?:(\{\{.*?\}\}|\$\{.*?\})|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(==|!=|<=|>=|[<>()[\],])|([A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:-?\d+|'[^']*'|"[^"]*")\])*))/gsy;

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
  | { kind: "value"; of: (lookup: Lookup) => Json; text: string }
  | { kind: "sign"; text: string };

/** Computes with what the paths in an expression stand for. */
export type Expression = (lookup: Lookup) => Json;

/**
 * Reads an expression: `or`, `and`, `not`, comparisons (`== != < <= > >= in`, `not in`, `contains`), parentheses,
 * numbers, quoted text, `true`, `false`, `null`, lists, templates and bare paths. A template is a value, not text put
 * into the expression.
 *
 * @throws TemplateError for anything else.
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokenize(text), text);
  return parser.parse();
}

/** Whether an expression holds: false, 0, "", "false", null and empty lists and mappings do not. @throws TemplateError. */
export function evaluateCondition(text: string, lookup: Lookup): boolean {
  return isTrue(parseExpression(text)(lookup));
}

/** The paths that an expression names, in its templates and bare, in their order. @throws TemplateError. */
export function listPaths(text: string): (readonly (string | number)[])[] {
  const paths: (readonly (string | number)[])[] = [];
  for (const token of tokenize(text))
    if (token.kind === "value")
      token.of((path) => {
        paths.push(path);
        return null;
      });
  return paths;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new TemplateError(`'${text}' cannot be read from '${text.slice(at).trim()}'`);
    tokens.push(toToken(match));
  }
  return tokens;
}

function toToken([, template, quoted, number, sign, word]: RegExpExecArray): Token {
  if (template !== undefined)
    return { kind: "value", text: template, of: (lookup) => fillTemplates(template, lookup) };
  if (quoted !== undefined) {
    const inner = quoted.slice(1, -1).replace(/\\(.)/g, "$1");
    return { kind: "value", text: quoted, of: (lookup) => fillTemplates(inner, lookup) };
  }
  if (number !== undefined) return { kind: "value", text: number, of: () => parseJson(number) };
  if (sign !== undefined) return { kind: "sign", text: sign };
  const name = word ?? "";
  if (WORDS.has(name)) return { kind: "sign", text: name };
  const literal = LITERALS.get(name);
  if (literal !== undefined) return { kind: "value", text: name, of: () => literal };
  const path = parsePath(name);
  return { kind: "value", text: name, of: (lookup) => lookup(path) };
}

class Parser {
  private position = 0;

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
    const left = this.and();
    if (!this.take("or")) return left;
    const right = this.or();
    return (lookup) => isTrue(left(lookup)) || isTrue(right(lookup));
  }

  private and(): Expression {
    const left = this.not();
    if (!this.take("and")) return left;
    const right = this.and();
    return (lookup) => isTrue(left(lookup)) && isTrue(right(lookup));
  }

  private not(): Expression {
    if (!this.take("not")) return this.comparison();
    const inner = this.not();
    return (lookup) => !isTrue(inner(lookup));
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
    if (this.take("(")) {
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    if (this.take("[")) return this.list();
    const token = this.tokens[this.position++];
    if (token?.kind !== "value")
      throw new TemplateError(
        token
          ? `'${this.text}' has an unexpected '${token.text}'`
          : `'${this.text}' ends where a value is needed`,
      );
    return token.of;
  }

  private list(): Expression {
    const items: Expression[] = [];
    while (!this.take("]")) {
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
    if (!this.take(sign)) throw new TemplateError(`'${this.text}' lacks a '${sign}'`);
  }
}
