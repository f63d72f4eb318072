import { parseJson, stringifyJson } from "../../absurd/connection/json.ts";
import { formatNumber } from "../../format.ts";
import type { Pausing } from "../../model/work/turns.ts";
import { buildGraphInTurns, type WorkflowGraph } from "../graph/graph.ts";
import { parseJsonInTurns } from "../language/parse-json.ts";
import { decodeInTurns } from "../model/decode-workflow.ts";
import { listNotExecuted } from "../model/executable.ts";
import { listInputsInTurns } from "../model/inputs.ts";
import type { Problem } from "../model/problem.ts";
import { findStart } from "../model/reach.ts";
import { topScope } from "../model/scopes.ts";
import type { Workflow } from "../model/workflow.ts";
import { listSettings, type Setting } from "./operator-settings.ts";
import { findPictureLimit } from "./picture-limits.ts";
import { listInReadingOrder } from "./reading-order.ts";

/** A definition's operators as a page shows them, in plain JSON values. */
export type DefinitionView = {
  /** Its nodes are in reading order. `null` for a definition that cannot be decoded. */
  graph: WorkflowGraph | null;
  /** By the operator's path. */
  settings: Record<string, Setting[]>;
  /** Why operators are listed instead of drawn; `null` if the graph is drawn. */
  notDrawn: string | null;
  /** What is wrong with a definition that cannot be decoded. */
  unreadable: string | null;
};

/** A definition that was decoded once, for all the runs and pages that use it. */
export type CompiledDefinition = { workflow: Workflow | null; view: DefinitionView };

/** The other contents of a definition's own page. */
export type DefinitionReport = {
  /** The validator's errors and warnings. */
  problems: Problem[];
  /** Features that the interpreter refuses to start, each with its path. */
  notExecuted: Problem[];
  about: DefinitionAbout | null;
};

export type DefinitionAbout = Pick<
  Workflow,
  "description" | "tags" | "default_retry_policy" | "deadline_seconds" | "deadline_action"
> & {
  firstStep: string | null;
  /** `null` for a workflow without a schedule. */
  schedule:
    | (Pick<Workflow, "start_date" | "catchup" | "is_paused" | "max_active_runs"> & {
        cron: string;
      })
    | null;
  /** With their defaults as JSON text; `null` for required ones. */
  inputs: { name: string; default: string | null }[];
};

/**
 * Decodes a stored definition, which was validated when it was stored, and computes what pages show of it. It pauses:
 * one of thousands of operators takes longer than other requests should wait.
 */
export function* compileDefinition(text: string): Pausing<CompiledDefinition> {
  const { workflow, problem } = yield* decode(text);
  yield;
  if (!workflow)
    return {
      workflow: null,
      view: { graph: null, settings: {}, notDrawn: null, unreadable: problem ?? null },
    };
  const graph = yield* buildGraphInTurns(workflow);
  yield;
  const nodes = listInReadingOrder(graph);
  yield;
  const settings = listSettings(workflow);
  yield;
  return {
    workflow,
    view: {
      graph: { ...graph, nodes },
      settings,
      notDrawn: findPictureLimit(graph),
      unreadable: null,
    },
  };
}

function* decode(text: string): Pausing<{ workflow?: Workflow; problem?: string }> {
  try {
    const value = parseJson(text);
    yield;
    const { workflow, problems } = yield* decodeInTurns(value);
    const [problem] = problems;
    return { ...(workflow && { workflow }), ...(problem && { problem: problem.message }) };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : error}` };
  }
}

/** Validates a definition and describes it as a whole. It pauses. */
export function* reportDefinition(text: string): Pausing<DefinitionReport> {
  const { workflow, problems } = yield* parseJsonInTurns(text);
  yield;
  const notExecuted = workflow ? listNotExecuted(workflow) : [];
  yield;
  return {
    problems: limitProblems(problems),
    notExecuted: limitProblems(notExecuted),
    about: workflow ? yield* describe(workflow) : null,
  };
}

/** More problems than this are counted instead of shown, and errors are listed first. */
const MOST_PROBLEMS = 500;

function limitProblems(problems: Problem[]): Problem[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  const isError = ({ severity }: Problem) => severity === "error";
  const sorted = [...problems.filter(isError), ...problems.filter((one) => !isError(one))];
  const message = `${formatNumber(more)} further problems are not shown`;
  const severity = sorted.slice(MOST_PROBLEMS).some(isError) ? "error" : "warning";
  return [...sorted.slice(0, MOST_PROBLEMS), { path: "", code: "too_many", severity, message }];
}

function* describe(workflow: Workflow): Pausing<DefinitionAbout> {
  const { description, tags, default_retry_policy, deadline_seconds, deadline_action } = workflow;
  const { schedule, start_date, catchup, is_paused, max_active_runs } = workflow;
  return {
    description,
    tags,
    default_retry_policy,
    deadline_seconds,
    deadline_action,
    firstStep: findStart(topScope(workflow)) ?? null,
    schedule:
      schedule === null
        ? null
        : { cron: schedule, start_date, catchup, is_paused, max_active_runs },
    inputs: (yield* listInputsInTurns(workflow)).map(({ name, default: value }) => ({
      name,
      default: value === undefined ? null : stringifyJson(value),
    })),
  };
}
