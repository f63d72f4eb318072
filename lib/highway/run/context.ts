import type { Json, JsonObject } from "../../model/json.ts";
import { type Lookup, TemplateError } from "../language/template.ts";
import type { Operator } from "../model/workflow.ts";

/** The names of the whole run: `inputs`, `variables`, `workflow`, `run`, `ds`, `ENV`. */
export type Globals = {
  inputs: JsonObject;
  variables: JsonObject;
  run: JsonObject;
  env: JsonObject;
};

/** The names of one scope, in the form in which they are passed to the task of a part. */
export type Names = { loop: JsonObject; results: JsonObject; tasks: JsonObject };

/**
 * The names that templates can use in one place of a run: those of that place, then those of the surrounding
 * scopes.
 */
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

  /** A nested context; `loop` holds the names that change inside: `item`, `index`, `error_message`. */
  inside(loop: JsonObject = {}): Context {
    return new Context(this.globals, this.options, { loop }, this);
  }

  /** Publishes an operator's value under its result key and its id. */
  publish(operator: Operator, value: Json): void {
    if (operator.result_key !== null) set(this.names.results, operator.result_key, value);
    set(this.names.tasks, operator.task_id, value);
  }

  /** Publishes the results of another scope here. */
  adopt({ results, tasks }: Pick<Names, "results" | "tasks">): void {
    for (const [name, value] of Object.entries(results)) set(this.names.results, name, value);
    for (const [name, value] of Object.entries(tasks)) set(this.names.tasks, name, value);
  }

  /** The results that were published here. */
  own(): Pick<Names, "results" | "tasks"> {
    return { results: this.names.results, tasks: this.names.tasks };
  }

  /** All names that are visible here. */
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
    return value === undefined && this.options.lenient ? null : this.strict(path);
  };

  /** Like `lookup`, but unknown paths are errors in lenient runs too. @throws TemplateError. */
  readonly strict: Lookup = (path) => {
    const value = this.find(path);
    if (value !== undefined) return value;
    throw new TemplateError(`'${path.join(".")}' is not known here`);
  };

  private find([name, ...rest]: readonly (string | number)[]): Json | undefined {
    const key = String(name);
    // `null` is a value like any other; only `undefined` means that there is none.
    for (const kind of ["loop", "results"] as const) {
      const direct = this.search(kind, key);
      if (direct !== undefined) return descend(direct, rest);
    }
    const task = this.search("tasks", key);
    if (task !== undefined) {
      const own = descend(task, rest);
      const [alias, ...inner] = rest;
      const isAlias = alias === "output" || alias === "result" || alias === "payload";
      return own === undefined && isAlias ? descend(task, inner) : own;
    }
    const { inputs, variables, run, env } = this.globals;
    const known: JsonObject = { inputs, variables, workflow: variables, run, ENV: env };
    if (key === "inputs" && rest.length > 0) return this.findInput(rest);
    if (Object.hasOwn(known, key)) return descend(known, [key, ...rest]);
    if (key === "ds") return this.findInput(["data_interval_start", ...rest]);
    return descend(Object.hasOwn(variables, key) ? variables : inputs, [key, ...rest]);
  }

  /** A variable is an input with a default: its value applies if the input was not given. */
  private findInput(path: readonly (string | number)[]): Json | undefined {
    const { inputs, variables } = this.globals;
    return descend(Object.hasOwn(inputs, String(path[0])) ? inputs : variables, path);
  }

  private search(kind: keyof Names, key: string): Json | undefined {
    if (Object.hasOwn(this.names[kind], key)) return this.names[kind][key];
    return this.outer?.search(kind, key);
  }
}

/**
 * `undefined` if there is nothing at the path. A list has its items, counted from the end if negative, and
 * `length`.
 */
function descend(value: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = getItem(at, step);
    else if (typeof at === "object" && at !== null && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

function getItem(list: Json[], step: string | number): Json | undefined {
  if (step === "length") return list.length;
  return /^-?\d+$/.test(String(step)) ? list.at(Number(step)) : undefined;
}

/** Names may be any text, including `__proto__`. */
function set(target: JsonObject, name: string, value: Json): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}
