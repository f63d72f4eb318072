/** The package's entry `absurd-dashboard/highway`: workflows of the Highway DSL, in browsers and Node. */
export type { Json, JsonObject } from "../model/json.ts";
export {
  type CallOptions,
  type ChildrenOptions,
  type ChoiceOptions,
  type CircuitBreakerOptions,
  type DurationLike,
  type GuardOptions,
  NoEffectError,
  type OperatorOptions,
  type ParallelOptions,
  type ParallelWithJoinOptions,
  type ReflexiveOptions,
  type RetryOptions,
  type TerminateOptions,
  type TimeoutOptions,
  WorkflowBuildError,
} from "./builder/options.ts";
export { buildFromSteps } from "./builder/steps.ts";
export type {
  BuilderOptions,
  BuildPart,
} from "./builder/workflow-builder.ts";
export { WorkflowBuilder } from "./builder/workflow-builder.ts";
export { toGraphviz } from "./diagrams/graphviz.ts";
export { MERMAID_STYLES, type MermaidStyle, toMermaid } from "./diagrams/mermaid.ts";
export type { NodeStatus } from "./diagrams/rich-mermaid.ts";
export {
  buildGraph,
  type EdgeKind,
  type GraphEdge,
  type GraphGroup,
  type GraphNode,
  type WorkflowGraph,
} from "./graph/graph.ts";
export { workflowHash } from "./language/hash.ts";
export { type Format, parseText, parseWorkflow } from "./language/parse.ts";
export type { ParsedWorkflow } from "./language/parse-json.ts";
export { serializeWorkflow } from "./language/serialize.ts";
export { canConvert, validateWorkflow } from "./model/checks/validate.ts";
export { isCron } from "./model/cron.ts";
export { Duration, formatDuration, parseDuration } from "./model/duration.ts";
export { listNotExecuted } from "./model/executable.ts";
export { listInputs, listMissingInputs, type WorkflowInput } from "./model/inputs.ts";
export { formatProblem, hasErrors, type Problem } from "./model/problem.ts";
export {
  isTimeZone,
  listScheduledTimes,
  type ScheduledTime,
} from "./model/schedule.ts";
export * from "./model/workflow.ts";
