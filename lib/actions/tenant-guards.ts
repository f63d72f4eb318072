import { requireFeature } from "@/lib/absurd/connection/capabilities";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { QueueNotFoundError, RunNotFoundError, TaskNotFoundError } from "@/lib/absurd/errors";
import {
  type EventAudience,
  getTaskTenant,
  listEventAudience,
  lockEventAudience,
} from "@/lib/absurd/tasks/tenants";
import { getWorkflowRunTenant } from "@/lib/absurd/workflow-runs/tenant";
import { getWorkflowRun } from "@/lib/absurd/workflow-runs/workflow-runs";
import { getTenants, isAllowed, isInScope, isUnrestricted } from "@/lib/db/tenants";
import { isQueueVisible } from "@/lib/db/viewer";
import { getStoredDefinition } from "@/lib/highway/run/store";
import type { Uuid } from "@/lib/model/ids";
import type { JsonObject } from "@/lib/model/json";
import { ProblemError } from "@/lib/model/problem";
import { definitionNotFound, workflowRunNotFound } from "./internal/not-found";

type TaskAddress = { queue: string; taskId: Uuid };

/**
 * Guard of an action. Every action declares one, so none can bypass the caller's scope or `DASHBOARD_TENANTS`. It
 * throws exactly the error of an id that doesn't exist, in the action's transaction, before its work.
 */
export type Guard<Input, Output = unknown> = {
  /**
   * Throws if the action would touch other tenants of the queue that it names. Only evaluated if tenants are
   * limited.
   */
  check?: (db: Queryable, input: Input, tenants: readonly string[]) => Promise<void> | void;
  /** Throws if an id that is given without a queue refers to something outside the scope. */
  checkIds?: (db: Queryable, input: Input) => Promise<void> | void;
  /** The tasks that the action created. If one belongs to another tenant, everything is rolled back. */
  created?: (input: Input, output: Output) => TaskAddress[];
};

/**
 * Checks an action's input against the scope in which the caller may act: first the queue that it names, then the
 * tenants of that queue.
 *
 * @throws QueueNotFoundError, as for a queue that doesn't exist, and the errors of the guard.
 */
export async function enforceGuard<Input>(
  guard: Guard<Input, never>,
  db: Queryable,
  input: Input,
): Promise<void> {
  const queue = findQueue(input);
  if (queue !== undefined && !isQueueVisible(queue)) throw new QueueNotFoundError(queue);
  if (!isUnrestricted()) await guard.checkIds?.(db, input);
  const tenants = getTenants(queue);
  if (tenants !== null) await guard.check?.(db, input, tenants);
}

function findQueue(input: unknown): string | undefined {
  const { queue } = Object(input) as { queue?: unknown };
  return typeof queue === "string" ? queue : undefined;
}

/**
 * Makes sure that new tasks belong to the tenants of this dashboard.
 *
 * @throws ProblemError `tenant_required`
 */
export async function requireOwnTasks(db: Queryable, tasks: TaskAddress[]): Promise<void> {
  for (const { queue, taskId } of tasks) {
    const tenants = getTenants(queue);
    if (tenants === null) continue;
    const tenant = await getTaskTenant(db, queue, { taskId });
    if (tenant === undefined || !isAllowed(tenants, tenant)) throw tenantRequired(tenants);
  }
}

/**
 * The headers of a new task, with its tenant: added automatically if the dashboard is restricted to one tenant; if
 * it is restricted to several, the headers must name one of them.
 *
 * @throws ProblemError `tenant_required`
 */
export function withTenant(queue: string, headers: JsonObject | undefined): JsonObject | undefined {
  const tenants = getTenants(queue);
  if (tenants === null) return headers;
  const [only, another] = tenants;
  const named = headers?.tenant_id ?? (another === undefined ? only : undefined);
  if (typeof named !== "string" || !isAllowed(tenants, named)) throw tenantRequired(tenants);
  return { ...headers, tenant_id: named };
}

/**
 * Hides a task of another tenant that already has the idempotency key of a spawn.
 *
 * @throws ProblemError `key_taken`
 */
export async function refuseForeignKey(
  db: Queryable,
  { queue, taskId }: TaskAddress,
): Promise<void> {
  const tenants = getTenants(queue);
  if (tenants === null) return;
  const tenant = await getTaskTenant(db, queue, { taskId });
  if (tenant === undefined || !isAllowed(tenants, tenant))
    throw new ProblemError({
      code: "key_taken",
      message: "The idempotency key is taken in this queue.",
      hint: "All tenants of a queue share its keys: start the key with the tenant's name.",
    });
}

const task: Guard<TaskAddress> = {
  check: async (db, { queue, taskId }, tenants) => {
    const tenant = await getTaskTenant(db, queue, { taskId });
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}".`);
  },
};

const run: Guard<{ queue: string; runId: Uuid }> = {
  check: async (db, { queue, runId }, tenants) => {
    const tenant = await getTaskTenant(db, queue, { runId });
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}".`);
  },
};

/** A task, and its copy. */
const copiedTask: Guard<TaskAddress, { newTaskId: Uuid }> = {
  ...task,
  created: ({ queue }, { newTaskId }) => [{ queue, taskId: newTaskId }],
};

/** A failed task that receives another attempt, or is spawned again. */
const retriedTask: Guard<TaskAddress, { taskId: Uuid }> = {
  ...task,
  created: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** A task that does not exist yet. */
const newTask: Guard<{ queue: string }, { taskId: Uuid }> = {
  created: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** A workflow run; the action itself limits which of the run's tasks it touches. */
const workflowRun: Guard<{ workflowRunId: Uuid }> = {
  checkIds: async (db, { workflowRunId }) => {
    if (!(await isRunVisible(db, workflowRunId))) throw workflowRunNotFound(workflowRunId);
  },
};

/** Whether a run is in the caller's scope; `undefined` for an unknown run. */
async function isRunVisible(db: Queryable, workflowRunId: Uuid): Promise<boolean | undefined> {
  const tenant = await getWorkflowRunTenant(db, workflowRunId);
  const run = tenant === undefined ? null : await getWorkflowRun(db, workflowRunId);
  return run ? isInScope(run.absurdQueue ?? null, tenant ?? null) : undefined;
}

/** A stored workflow definition. */
const definition: Guard<{ definitionId: Uuid }> = {
  checkIds: async (db, { definitionId }) => {
    const stored = await getStoredDefinition(db, definitionId);
    if (stored && !isInScope(null, stored.tenantId)) throw definitionNotFound();
  },
};

/** A stored definition, and a new run of it under an id that may be taken. */
const newWorkflowRun: Guard<
  { definitionId: Uuid; workflowRunId: Uuid; queue: string },
  { taskId: Uuid }
> = {
  checkIds: async (db, input) => {
    await definition.checkIds?.(db, input);
    if ((await isRunVisible(db, input.workflowRunId)) === false)
      throw new ProblemError({
        code: "key_taken",
        message: "The id of the workflow run is taken.",
        hint: "Start it again.",
      });
  },
  created: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** Something that all of a tenant's runs of a workflow share. */
const tenant: Guard<{ tenantId: string }> = {
  checkIds: (_, { tenantId }) => {
    if (!isInScope(null, tenantId)) throw definitionNotFound();
  },
};

/** The tasks that wait for an event, to preview an emit. */
const visibleAudience: Guard<{ queue: string; name: string }> = {
  check: async (db, { queue, name }, tenants) =>
    requireOwnAudience(await listEventAudience(db, queue, name), tenants),
};

/** The tasks that wait for an event, to wake them: no task can start to wait until the transaction ends. */
const lockedAudience: Guard<{ queue: string; name: string }> = {
  check: async (db, { queue, name }, tenants) => {
    // Earlier engines register waits without a lock, and wake tasks at every emit.
    await requireFeature(db, "write-once events");
    requireOwnAudience(await lockEventAudience(db, queue, name), tenants);
  },
};

/** Tasks selected by queries that are restricted themselves, and then guarded one by one. */
const visibleTasks: Guard<unknown> = {};

/** A whole queue, or all of them: only for an unrestricted dashboard. */
const unrestrictedOnly: Guard<unknown> = {
  check: () => {
    throw new ProblemError({
      code: "forbidden",
      message: "This concerns all tenants, and this dashboard may act for some of them only.",
    });
  },
};

/** Sessions and tokens: no task is touched. The action itself compares grants. */
const noTasks: Guard<unknown> = {};

export const guards = {
  task,
  run,
  copiedTask,
  retriedTask,
  newTask,
  workflowRun,
  definition,
  newWorkflowRun,
  tenant,
  visibleAudience,
  lockedAudience,
  visibleTasks,
  unrestrictedOnly,
  noTasks,
};

/** An event belongs to the tenants whose tasks wait for it; without a waiting task it may be meant for any tenant. */
function requireOwnAudience(audience: EventAudience[], tenants: readonly string[]): void {
  if (!audience.some(({ tenant }) => isAllowed(tenants, tenant)))
    throw new ProblemError({
      code: "event_not_found",
      message: "No task of this dashboard's tenants waits for this event.",
      hint: "Only events that one of them waits for can be emitted here.",
    });
  if (audience.some(({ tenant, wakes }) => wakes > 0 && !isAllowed(tenants, tenant)))
    throw new ProblemError({
      code: "wakes_others",
      message: "Tasks of other tenants wait for this event too, and would wake.",
      hint: "Emit it from a dashboard without a restriction to tenants.",
    });
}

function tenantRequired(tenants: readonly string[]): ProblemError {
  return new ProblemError({
    code: "tenant_required",
    message: "The new task would not belong to a tenant of this dashboard.",
    hint: `Give it the header tenant_id with one of: ${tenants.join(", ")}.`,
  });
}
