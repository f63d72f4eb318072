import type { Scope } from "../model/scopes.ts";
import type { Context } from "./context.ts";

/** Where an operator is run. */
export type Place = {
  scope: Scope;
  /** Its path in this run, with rounds: `each_order[2]/charge`. */
  path: string;
  /** The path of this attempt, under which its parts are recorded. */
  attempt: string;
  context: Context;
};
