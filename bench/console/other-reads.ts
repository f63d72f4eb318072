import { listAudit, listAuditChoices } from "@/lib/analytics/audit";
import { getBulk, getBulkFollowUp, listBulk, listBulkItems } from "@/lib/analytics/bulk";
import { listEvents, listWaiters } from "@/lib/analytics/events";
import { getEventPayload } from "@/lib/analytics/payloads";
import { getSetup } from "@/lib/analytics/setup";
import { listCircuits } from "@/lib/analytics/workflow-circuits";
import {
  getDefinitionDetail,
  getRunDefinition,
  getWorkflowDefinition,
  listWorkflowDefinitions,
} from "@/lib/analytics/workflow-definitions";
import { getTakers, listRunQueues } from "@/lib/analytics/workflow-queues";
import {
  getDefinitionView,
  getOperatorRecords,
  getRunDefinitionView,
  getRunView,
} from "@/lib/analytics/workflow-views";
import { getWorkflowPayload, getWorkflowRun, listWorkflowRuns } from "@/lib/analytics/workflows";
import { auditFilters } from "@/lib/search-params/audit";
import { bulkFilters, bulkItemFilters } from "@/lib/search-params/bulk";
import { eventFilters } from "@/lib/search-params/events";
import { workflowFilters } from "@/lib/search-params/workflows";
import type { Read } from "./reads";
import { LARGEST, NAMES } from "./sizes";

const one = (values: readonly string[], n: number) => values[n % values.length] ?? "";
const list = { limit: 20 };
const detail = { limit: 10 };

/** Events, workflows, the audit log and bulk operations. */
export const OTHER_READS: readonly Read[] = [
  {
    title: "events",
    function: "listEvents",
    run: () => listEvents(eventFilters()),
    limit: 20,
    // Scans all current waits, never emitted events.
    scans: true,
    follows: "current waits",
  },
  {
    title: "events, similarly many waits",
    function: "listEvents",
    run: () => listEvents(eventFilters()),
    limit: 20,
    scans: true,
    isThinned: true,
  },
  {
    title: "emitted events",
    function: "listEvents",
    run: () => listEvents(eventFilters({ state: ["emitted"] })),
    ...list,
  },
  {
    title: "who waits for an event",
    function: "listWaiters",
    run: ({ awaited }, n) => listWaiters(LARGEST, one(awaited, n)),
    ...detail,
  },
  {
    title: "an event's payload",
    function: "getEventPayload",
    run: ({ emitted }, n) => getEventPayload(LARGEST, one(emitted, n)),
    ...detail,
  },
  {
    title: "workflow runs",
    function: "listWorkflowRuns",
    run: () => listWorkflowRuns(workflowFilters()),
    ...list,
  },
  {
    title: "one workflow run",
    function: "getWorkflowRun",
    run: ({ workflowRuns }, n) => getWorkflowRun(one(workflowRuns, n)),
  },
  {
    title: "a workflow run's inputs",
    function: "getWorkflowPayload",
    run: ({ workflowRuns }, n) => getWorkflowPayload(one(workflowRuns, n), "inputs"),
    ...detail,
  },
  {
    title: "a workflow run's definition",
    function: "getRunDefinition",
    run: ({ workflowRuns }, n) => getRunDefinition(one(workflowRuns, n)),
    ...detail,
  },
  {
    title: "a workflow run as its page shows it",
    function: "getRunView",
    run: ({ workflowRuns }, n) => getRunView(one(workflowRuns, n)),
  },
  {
    title: "a workflow run's graph",
    function: "getRunDefinitionView",
    run: ({ workflowRuns }, n) => getRunDefinitionView(one(workflowRuns, n)),
    ...detail,
  },
  {
    title: "records of an operator",
    function: "getOperatorRecords",
    run: ({ workflowRuns }, n) => getOperatorRecords(one(workflowRuns, n), "charge"),
  },
  {
    title: "circuit breakers of a workflow",
    function: "listCircuits",
    run: (_, n) => listCircuits({ name: `flow_${n % 12}`, tenantId: `tenant-${n % 20}` }),
    ...detail,
  },
  {
    title: "a definition",
    function: "getWorkflowDefinition",
    run: ({ definitions }, n) => getWorkflowDefinition(one(definitions, n)),
    ...detail,
  },
  {
    title: "a definition with its versions",
    function: "getDefinitionDetail",
    run: ({ definitions }, n) => getDefinitionDetail(one(definitions, n)),
    ...detail,
  },
  {
    title: "a definition as its page shows it",
    function: "getDefinitionView",
    run: ({ definitions }, n) => getDefinitionView(one(definitions, n)),
    limit: 20,
  },
  {
    title: "definitions",
    function: "listWorkflowDefinitions",
    run: () => listWorkflowDefinitions(),
    ...list,
  },
  {
    title: "who takes a workflow's tasks",
    function: "getTakers",
    run: (_, n) => getTakers(LARGEST, one(NAMES, n)),
    limit: 50,
  },
  {
    title: "where a workflow runs",
    function: "listRunQueues",
    run: (_, n) => listRunQueues(`flow_${n % 12}`),
    ...list,
  },
  {
    title: "audit log",
    function: "listAudit",
    run: () => listAudit(auditFilters()),
    ...list,
  },
  {
    title: "choices of the audit log",
    function: "listAuditChoices",
    run: () => listAuditChoices(),
    ...list,
  },
  { title: "bulk operations", function: "listBulk", run: () => listBulk(bulkFilters()), ...list },
  {
    title: "a bulk operation",
    function: "getBulk",
    run: ({ bulk }, n) => getBulk(one(bulk, n)),
    ...detail,
  },
  {
    title: "tasks of a bulk operation",
    function: "listBulkItems",
    run: ({ bulk }, n) => listBulkItems(one(bulk, n), bulkItemFilters()),
    ...list,
  },
  {
    title: "tasks of a bulk operation that changed since",
    function: "getBulkFollowUp",
    run: ({ bulk }, n) => getBulkFollowUp(one(bulk, n)),
    ...list,
  },
  {
    title: "what is set up",
    function: "getSetup",
    run: () => getSetup(),
    ...list,
  },
];
