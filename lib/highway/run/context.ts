import { stringifyJson } from "../../absurd/json.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { type Lookup, TemplateError } from "../language/template.ts";
import type { Operator } from "../model/workflow.ts";

/** What is known in the whole run: `inputs`, `variables`, `workflow`, `run`, `ds`, `ENV`. */
export type Globals = {
  inputs: JsonObject;
  variables: JsonObject;
  run: JsonObject;
  env: JsonObject;
};

/** The names one scope has seen, as they travel to a task of another process. */
export type Names = { loop: JsonObject; results: JsonObject; tasks: JsonObject };

/** What templates can name in one place of a run: what is known there, then what is known further out. */
export class Context {
  private readonly names: Names;

  constructor(
    private readonly globals: Globals,
    private readonly options: { lenient: boolean },
    names: Partial<Names> = {},
    private readonly outer: Context | null = null,
  ) {
    this.names = {
      loop: { ...names.loop },
      results: { ...names.results },
      tasks: { ...names.tasks },
    };
  }

  /** A context inside of this one; `loop` names what changes there: `item`, `index`, `error_message`. */
  inside(loop: JsonObject = {}): Context {
    return new Context(this.globals, this.options, { loop }, this);
  }

  /** Makes an operator's value known, by its result key and by its id. */
  publish(operator: Operator, value: Json): void {
    if (operator.result_key !== null) set(this.names.results, operator.result_key, value);
    set(this.names.tasks, operator.task_id, value);
  }

  /** Makes known what became known elsewhere. */
  adopt({ results, tasks }: Pick<Names, "results" | "tasks">): void {
    for (const [name, value] of Object.entries(results)) set(this.names.results, name, value);
    for (const [name, value] of Object.entries(tasks)) set(this.names.tasks, name, value);
  }

  /** What became known here. */
  own(): Pick<Names, "results" | "tasks"> {
    return { results: this.names.results, tasks: this.names.tasks };
  }

  /** Everything that is known here. */
  all(): Names {
    const outer = this.outer?.all() ?? { loop: {}, results: {}, tasks: {} };
    return {
      loop: { ...outer.loop, ...this.names.loop },
      results: { ...outer.results, ...this.names.results },
      tasks: { ...outer.tasks, ...this.names.tasks },
    };
  }

  /** @throws TemplateError for an unknown path, unless the run is lenient: then it is null. */
  readonly lookup: Lookup = (path) => {
    const value = this.find(path);
    if (value !== undefined) return value;
    if (this.options.lenient) return null;
    throw new TemplateError(`'${path.join(".")}' is not known here`);
  };

  private find([name, ...rest]: readonly (string | number)[]): Json | undefined {
    const key = String(name);
    const direct = this.search("loop", key) ?? this.search("results", key);
    if (direct !== undefined) return descend(direct, rest);
    const task = this.search("tasks", key);
    if (task !== undefined) {
      const [alias, ...inner] = rest;
      const isAlias = alias === "output" || alias === "result" || alias === "payload";
      return descend(task, rest) ?? (isAlias ? descend(task, inner) : undefined);
    }
    const { inputs, variables, run, env } = this.globals;
    const known: JsonObject = { inputs, variables, workflow: variables, run, ENV: env };
    if (Object.hasOwn(known, key)) return descend(known, [key, ...rest]);
    if (key === "ds") return descend(inputs, ["data_interval_start", ...rest]);
    return descend(Object.hasOwn(variables, key) ? variables : inputs, [key, ...rest]);
  }

  private search(kind: keyof Names, key: string): Json | undefined {
    if (Object.hasOwn(this.names[kind], key)) return this.names[kind][key];
    return this.outer?.search(kind, key);
  }
}

function descend(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = at.at(Number(step));
    else if (typeof at === "object" && at !== null && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** Names may be any text, `__proto__` included. */
function set(target: JsonObject, name: string, value: Json): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** A switch's value as text: without a fraction of zero, `true`, `false` and `null` by their words. */
export function toCase(value: Json): string {
  return typeof value === "string" ? value.trim() : stringifyJson(value);
}
