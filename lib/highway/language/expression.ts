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
 * numbers, quoted text, `true`, `false`, `null`, lists, templates and bare paths. A template is a value, not text that is
 * inserted into the expression.
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

/** The paths that an expression names, bare and in templates, in their order. @throws TemplateError. */
export function listPaths(text: string): TemplatePath[] {
  return tokenize(text).flatMap((token) => (token.kind === "value" ? token.paths : []));
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match)
      throw new TemplateError(`'${text}' cannot be parsed from '${text.slice(at).trim()}' on`);
    tokens.push(toToken(match));
  }
  return tokens;
}

function toToken([, template, quoted, number, sign, word]: RegExpExecArray): Token {
  if (template !== undefined) return toTemplateToken(template, template);
  if (quoted !== undefined)
    return toTemplateToken(quoted, quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
  if (number !== undefined) return toLiteral(number, parseJson(number));
  if (sign !== undefined) return { kind: "sign", text: sign };
  const name = word ?? "";
  if (WORDS.has(name)) return { kind: "sign", text: name };
  const literal = LITERALS.get(name);
  if (literal !== undefined) return toLiteral(name, literal);
  const path = parsePath(name);
  return { kind: "value", text: name, paths: [path], evaluate: (lookup) => lookup(path) };
}

function toLiteral(text: string, value: Json): Token {
  return { kind: "value", text, paths: [], evaluate: () => value };
}

/** Templates are parsed with the expression, so that a mistake in one shows before it is evaluated. */
function toTemplateToken(text: string, content: string): Token {
  const paths = parseTemplate(content).parts.filter((part) => typeof part !== "string");
  return { kind: "value", text, paths, evaluate: (lookup) => fillTemplates(content, lookup) };
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
    return token.evaluate;
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
    if (!this.take(sign)) throw new TemplateError(`'${this.text}' needs a '${sign}'`);
  }
}
