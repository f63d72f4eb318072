import { parse } from "lossless-json";
import type { Payload } from "@/lib/model/json";
import type { Run, Task, TaskDetail } from "@/lib/model/task";
import { parseObject } from "@/lib/timeline/parse-payload";
import { printSource, type Snippet } from "./snippet";

const source = (value: unknown) => printSource(value);

/**
 * ES modules that spawn a similar task with the TypeScript SDK and with `absurd-dashboard/client`, and one for the
 * action that the task's state allows. The spawns are missing if values are redacted or omitted.
 */
export function listJavascriptSnippets({ task, runs }: TaskDetail): Snippet[] {
  const run = runs.find(({ runId }) => runId === task.lastAttemptRun) ?? runs.at(-1);
  const { params, headers } = task;
  const isComplete = params?.text !== undefined && !params.redacted && !headers?.redacted;
  return [
    ...(isComplete
      ? [
          js("Spawn a similar task with absurd-sdk", sdkSpawn(task)),
          js(
            "Spawn a similar task with absurd-dashboard/client",
            client(task, [clientSpawn(task)]),
          ),
        ]
      : []),
    js("Act on the task with absurd-dashboard/client", client(task, actions(task, run))),
  ];
}

function js(title: string, text: string): Snippet {
  return { title, language: "javascript", text };
}

function sdkSpawn(task: Task): string {
  const unlimited =
    task.maxAttempts === null
      ? "// The original task has unlimited attempts. The SDK always sets a limit; its default applies here.\n"
      : "";
  return `import { Absurd } from "absurd-sdk";

const absurd = new Absurd({ queueName: ${source(task.queue)} });
${exactNote(task.params)}${unlimited}await absurd.spawn(${source(task.name)}, ${printParams(task.params)}, ${printSource(
    {
      queue: task.queue,
      ...(task.maxAttempts !== null && { maxAttempts: task.maxAttempts }),
      ...buildOptions(task, { max_delay: "maxDelay", max_duration: "maxDuration" }),
    },
  )});
await absurd.close();
`;
}

function clientSpawn(task: Task): string {
  const options = {
    maxAttempts: task.maxAttempts,
    ...buildOptions(task, { max_delay: "maxDelaySeconds", max_duration: "maxDurationSeconds" }),
  };
  return `await client.spawnTask(${source(task.name)}, ${printParams(task.params)}, ${source(options)});`;
}

function client(task: Task, lines: string[]): string {
  const anyName = /^[A-Za-z_]\w{0,56}$/.test(task.queue) ? "" : ", allowAnyQueueName: true";
  return `import { Pool } from "pg";
import { AbsurdClient } from "absurd-dashboard/client";

const pool = new Pool();
const client = new AbsurdClient({ queueName: ${source(task.queue)}, db: pool${anyName} });
${lines.join("\n")}
await pool.end();
`;
}

function actions(task: Task, run: Run | undefined): string[] {
  const id = source(task.taskId);
  if (task.state === "failed")
    return [`await client.retryTask(${id}, { maxAttempts: ${task.attempts + 1} });`];
  if (task.state === "completed" || task.state === "cancelled")
    return [`await client.runAgain(${id});`];
  if (run?.state === "sleeping" && run.wakeEvent !== null)
    return [`await client.emitEvent(${source(run.wakeEvent)}, null);`];
  if (run?.state === "running" && run.claimExpiresAt !== null)
    return [`await client.extendClaim(${source(run.runId)}, 300);`];
  return [`await client.cancelTask({ taskId: ${id} });`];
}

/** Headers, retry strategy and cancellation policy, with the clients' names for the stored keys. */
function buildOptions(task: Task, policy: Record<string, string>) {
  const strategy = { base_seconds: "baseSeconds", max_seconds: "maxSeconds" };
  return {
    ...renamed("headers", task.headers, {}),
    ...renamed("retryStrategy", task.retryStrategy, strategy),
    ...renamed("cancellation", task.cancellation, policy),
  };
}

function renamed(name: string, payload: Payload, names: Record<string, string>) {
  if (payload?.text === undefined || !parseObject(payload)) return {};
  const entries = Object.entries(parse(payload.text) as object);
  return { [name]: Object.fromEntries(entries.map(([key, value]) => [names[key] ?? key, value])) };
}

function printParams(payload: Payload): string {
  return payload?.text === undefined ? "null" : source(parse(payload.text));
}

function exactNote(payload: Payload): string {
  return /\b\d+n\b/.test(printParams(payload))
    ? "// The SDK cannot send integers this large exactly; the dashboard's client can.\n"
    : "";
}
