import type { Pool } from "pg";
import { awaitEvent, emitEvent } from "@/lib/absurd/events/events";
import { createQueue } from "@/lib/absurd/queues/queues";
import { setCheckpoint } from "@/lib/absurd/runs/checkpoints";
import { claimTasks, completeTask, failTask } from "@/lib/absurd/runs/runs";
import { spawnTask } from "@/lib/absurd/tasks/spawn";
import {
  createWorkflowRun,
  updateWorkflowRunStatus,
} from "@/lib/absurd/workflow-runs/workflow-runs";
import type { JsonObject } from "@/lib/model/json";

/** The redaction rules that `hide` triggers. */
export const RULES = "password,*.token,headers.authorization,card.number,vault.*";

/** The secret in every form that the rules redact, beside `seen`, which they don't. */
export function hide(secret: string, seen: string): JsonObject {
  const inner = JSON.stringify({ password: secret });
  return {
    seen,
    password: secret,
    list: [{ token: [secret] }, [{ PassWord: { deep: [secret] } }]],
    card: [{ number: `${secret}4111`, brand: seen }],
    vault: { any: secret },
    "a/password": "b",
    "dotted.password": secret,
    ["__proto__"]: { password: secret },
    body: inner,
    twice: JSON.stringify(inner),
    log: `sent ${inner}`,
    nested: [[inner], [[inner]]],
    python: `{'password': '${secret}'}`,
    escaped: `{"pass\\u0077ord": "${secret}"}`,
    duplicate: `{"password": "${secret}", "password": 1}`,
    cut: inner.slice(0, -2),
    address: `https://host.example/?q=1&password=${secret}`,
    coded: `https://host.example/?q=%7B%22password%22%3A%22${secret}%22%7D`,
    id: 12345678901234567890n,
  };
}

export type Secrets = Awaited<ReturnType<typeof plantSecrets>>;

/** Creates a queue with a secret in every value of its tasks, attempts, steps, events and workflow runs. */
export async function plantSecrets(pool: Pool, queue: string, secret: string, seen: string) {
  await createQueue(pool, queue);
  const values = hide(secret, seen);
  const large = { ...values, padding: "x".repeat(100_000) };
  const headers = {
    ...{ authorization: `Bearer ${secret}`, tenant_id: "acme", trace: seen },
    forked_from_step: `{"password": "${secret}"}`,
    workflow_run_id: `password=${secret}`,
    highway_path: `password=${secret}`,
  };
  const start = async (name: string, params: JsonObject) => {
    const { taskId } = await spawnTask(pool, queue, name, params, { headers, maxAttempts: 1 });
    const [run] = await claimTasks(pool, queue, { claimTimeoutSeconds: 3_600 });
    if (run?.taskId !== taskId) throw new Error("another task was claimed");
    return { taskId, runId: run.runId };
  };
  const done = await start("pay", values);
  for (const [stepName, state] of Object.entries({
    small: values,
    large,
    "wait/failed": {
      type: "Refused",
      message: `password=${secret}`,
      status: `password=${secret}`,
    },
  }))
    await setCheckpoint(pool, queue, {
      taskId: done.taskId,
      stepName,
      state,
      ownerRunId: done.runId,
    });
  await completeTask(pool, queue, done.runId, large);
  const failed = await start("pay", large);
  await failTask(pool, queue, failed.runId, {
    name: "LoginError",
    message: `no login with password=${secret} of ${seen}`,
    stack: `at x\n  config: {"card": {"number": "${secret}"}, "password": "${secret}"}`,
    code: `password: ${secret}`,
    cause: { name: "Inner", message: `\u001b[1mpass\u001b[0mword=${secret}` },
    errors: [{ message: `"password": "${secret}"` }, { message: { password: secret } }],
    response: values,
  });
  const odd = await start("odd", { seen });
  await failTask(pool, queue, odd.runId, {
    name: { password: secret },
    message: [seen],
    token: secret,
  });
  const told = await start("told", { seen });
  await failTask(pool, queue, told.runId, `password:= "${secret}" and so on`);
  const huge = await start("huge", { seen });
  await failTask(pool, queue, huge.runId, {
    name: `password=${secret}`,
    message: `${"y".repeat(70_000)} password='${secret}'`,
    password: secret,
  });
  const waiting = await start("waits", values);
  await awaitEvent(pool, queue, { ...waiting, stepName: "paid", eventName: "refund" });
  await emitEvent(pool, queue, "paid", values);
  const definition = { name: "etl", password: secret, tasks: { a: { description: seen } } };
  const root = await start("run", { definition, ...values });
  const operator = {
    operator_type: "task",
    function: "f",
    kwargs: { password: `{{ 5 ${secret} }}` },
  };
  const broken = { ...definition, version: "1", tasks: { a: { task_id: "a", ...operator } } };
  const stored = await pool.query(
    `insert into public.workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
     values ('etl', '1', 'h', $1) returning definition_id`,
    [JSON.stringify({ ...broken, vault: { password: secret }, password: secret })],
  );
  const definitionId: string = stored.rows[0].definition_id;
  const workflowRunId = await createWorkflowRun(pool, queue, {
    workflowName: "etl",
    workflowVersion: "1",
    absurdTaskId: root.taskId,
    inputs: values,
    tags: { token: secret, seen, note: `{"password": "${secret}"}` },
  });
  await setCheckpoint(pool, queue, {
    taskId: root.taskId,
    stepName: "a/children",
    state: {
      one: { workflow_run_id: `password=${secret}` },
      password: { workflow_run_id: secret },
    },
    ownerRunId: root.runId,
  });
  await completeTask(pool, queue, root.runId, {
    operators: { a: "completed", password: secret, b: `password=${secret}` },
  });
  await updateWorkflowRunStatus(pool, workflowRunId, "failed", {
    result: values,
    error: { message: `password=${secret}`, password: secret },
  });
  return { queue, done, failed, odd, told, huge, waiting, root, workflowRunId, definitionId };
}
