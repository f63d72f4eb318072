import { requireFeature } from "@/lib/absurd/connection/capabilities";
import { RunNotFoundError, TaskNotFoundError } from "@/lib/absurd/errors";
import {
  type EventAudience,
  getTaskTenant,
  listEventAudience,
  lockEventAudience,
} from "@/lib/absurd/tasks/tenants";
import { getWorkflowRunTenant } from "@/lib/absurd/workflow-runs/tenant";
import { isAllowed } from "@/lib/db/tenants";
import { getStoredDefinition } from "@/lib/highway/run/store";
import type { Uuid } from "@/lib/model/ids";
import { ProblemError } from "@/lib/model/problem";
import type { Reach, TaskAddress } from "./reach";
import { definitionNotFound, workflowRunNotFound } from "./workflow-not-found";

/** One task. */
export const toTask: Reach<TaskAddress> = {
  allow: async (db, { queue, taskId }, tenants) => {
    const tenant = await getTaskTenant(db, queue, { taskId });
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw new TaskNotFoundError(`Task "${taskId}" not found in queue "${queue}".`);
  },
};

/** One run. */
export const toRun: Reach<{ queue: string; runId: Uuid }> = {
  allow: async (db, { queue, runId }, tenants) => {
    const tenant = await getTaskTenant(db, queue, { runId });
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw new RunNotFoundError(`Run "${runId}" not found in queue "${queue}".`);
  },
};

/** One task, and a new one made from it. */
export const toCopy: Reach<TaskAddress, { newTaskId: Uuid }> = {
  allow: toTask.allow,
  made: ({ queue }, { newTaskId }) => [{ queue, taskId: newTaskId }],
};

/** One task, which may be put in its place again or be spawned anew. */
export const toRetry: Reach<TaskAddress, { taskId: Uuid }> = {
  allow: toTask.allow,
  made: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** A task that does not exist yet. */
export const toNewTask: Reach<{ queue: string }, { taskId: Uuid }> = {
  allow: () => {},
  made: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** One workflow run. Which of its tasks are reached is for the action to say. */
export const toWorkflowRun: Reach<{ workflowRunId: Uuid }> = {
  allow: async (db, { workflowRunId }, tenants) => {
    const tenant = await getWorkflowRunTenant(db, workflowRunId);
    if (tenant === undefined || !isAllowed(tenants, tenant))
      throw workflowRunNotFound(workflowRunId);
  },
};

/** One stored definition of a workflow. */
export const toDefinition: Reach<{ definitionId: Uuid }> = {
  allow: async (db, { definitionId }, tenants) => {
    const stored = await getStoredDefinition(db, definitionId);
    if (stored && !isAllowed(tenants, stored.tenantId)) throw definitionNotFound();
  },
};

/** One stored definition, and a run that is made of it under an id that may be taken. */
export const toNewRun: Reach<
  { definitionId: Uuid; workflowRunId: Uuid; queue: string },
  { taskId: Uuid }
> = {
  allow: async (db, input, tenants) => {
    await toDefinition.allow(db, input, tenants);
    const tenant = await getWorkflowRunTenant(db, input.workflowRunId);
    if (tenant !== undefined && !isAllowed(tenants, tenant))
      throw new ProblemError({
        code: "key_taken",
        message: "The id of the run is taken.",
        hint: "Start it anew.",
      });
  },
  made: ({ queue }, { taskId }) => [{ queue, taskId }],
};

/** Those who wait for an event, to look at them. */
export const toAudience: Reach<{ queue: string; name: string }> = {
  allow: async (db, { queue, name }, tenants) =>
    requireOwnAudience(await listEventAudience(db, queue, name), tenants),
};

/** Those who wait for an event, to wake them: until the transaction ends nobody joins them. */
export const toAudienceForGood: Reach<{ queue: string; name: string }> = {
  allow: async (db, { queue, name }, tenants) => {
    // Earlier engines let tasks wait without a lock, and wake them again with every emit.
    await requireFeature(db, "write-once events");
    requireOwnAudience(await lockEventAudience(db, queue, name), tenants);
  },
};

/** Tasks that are chosen by queries, which know the tenants, and acted on one by one, each guarded again. */
export const toWhatIsShown: Reach<unknown> = { allow: () => {} };

/** A queue with everything in it, or all of them. */
export const toAllTenants: Reach<unknown> = {
  allow: () => {
    throw new ProblemError({
      code: "forbidden",
      message: "This concerns all tenants, and this dashboard may act for some of them only.",
    });
  },
};

/** An event belongs to whoever waits for it; one that nobody waits for may be meant for anybody. */
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
      hint: "It can be emitted where no tenant is left out.",
    });
}
