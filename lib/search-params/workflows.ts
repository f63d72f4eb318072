import { createSerializer, type inferParserType, parseAsString } from "nuqs/server";
import type { Uuid } from "@/lib/model/ids";
import { WORKFLOW_STATUSES } from "@/lib/model/states";
import {
  parseAsIds,
  parseAsInstant,
  parseAsLimit,
  parseAsList,
  parseAsListOf,
  parseAsRange,
} from "./parsers";

/** Search params of the list of workflow runs. */
export const workflowsSearchParams = {
  name: parseAsList,
  version: parseAsList,
  /** As stored: a sleeping run is `running`. */
  status: parseAsListOf(WORKFLOW_STATUSES),
  tenant: parseAsList,
  /** `key=value`, or `key` for any value. All must match. */
  tag: parseAsList,
  creator: parseAsList,
  /** Created at or after this instant. */
  after: parseAsInstant,
  /** Created before this instant. */
  before: parseAsInstant,
  /** A time range that ends now. If `after` is set too, both apply. */
  range: parseAsRange,
  cursor: parseAsString,
  limit: parseAsLimit,
};

/** The route's params: also the runs that a list shows, to return their current rows. */
export const workflowsRouteParams = { ...workflowsSearchParams, run: parseAsIds };

export type WorkflowFilters = inferParserType<typeof workflowsSearchParams> & {
  /** Only these runs; all if empty or omitted. */
  run?: Uuid[];
};

/** Adds defaults: no filter, newest page, 50 rows. */
export function workflowFilters(filters: Partial<WorkflowFilters> = {}): WorkflowFilters {
  return {
    name: [],
    version: [],
    status: [],
    tenant: [],
    tag: [],
    creator: [],
    after: null,
    before: null,
    range: null,
    cursor: null,
    limit: 50,
    ...filters,
  };
}

/** The query string of these filters with its `?`, or an empty string; defaults are omitted. */
export const serializeWorkflowFilters = createSerializer(workflowsRouteParams);

/** JSON values of a workflow run that may be too large to be sent with it. */
export const WORKFLOW_PAYLOADS = ["inputs", "result", "error"] as const;
export type WorkflowPayloadName = (typeof WORKFLOW_PAYLOADS)[number];
