import type { Run, TaskDetail } from "@/lib/model/task";
import { parseObject } from "@/lib/timeline/parse-payload";
import { quoteLiteral, quoteName, type Snippet } from "./snippet";

const json = (text: string) => `${quoteLiteral(text)}::jsonb`;

/**
 * SQL for psql: the task's rows, and calls of the engine's functions for the actions its state allows. Names and
 * values are quoted, so the text can be pasted unchanged. Rescheduling is missing: the engine has no function for
 * it.
 */
export function listSqlSnippets(detail: TaskDetail): Snippet[] {
  const { task, runs } = detail;
  const queue = quoteLiteral(task.queue);
  const id = quoteLiteral(task.taskId);
  const run = runs.find(({ runId }) => runId === task.lastAttemptRun) ?? runs.at(-1);
  const table = (prefix: string) => `absurd.${quoteName(`${prefix}_${task.queue}`)}`;
  const rows = [
    `select * from ${table("t")} where task_id = ${id};`,
    `select * from ${table("r")} where task_id = ${id} order by attempt;`,
    `select * from ${table("c")} where task_id = ${id} order by updated_at, checkpoint_name;`,
    `select * from ${table("w")} where task_id = ${id};`,
  ];
  return [
    { title: "Rows of the task", language: "sql", text: rows.join("\n") },
    ...actions(detail, run).map(([title, text]) => ({ title, language: "sql" as const, text })),
    { title: "Run again", language: "sql", text: runAgain(queue, id, table("t")) },
    ...spawnWithValues(detail),
  ];
}

function actions({ task }: TaskDetail, run: Run | undefined): [title: string, text: string][] {
  const queue = quoteLiteral(task.queue);
  const id = quoteLiteral(task.taskId);
  if (task.state === "failed")
    return [
      [
        "Retry with one more attempt",
        `select * from absurd.retry_task(${queue}, ${id}, ${json(`{"max_attempts": ${task.attempts + 1}}`)});`,
      ],
    ];
  if (task.state === "completed" || task.state === "cancelled") return [];
  const list: [string, string][] = [["Cancel", `select absurd.cancel_task(${queue}, ${id});`]];
  if (run?.state === "sleeping" && run.wakeEvent !== null)
    list.push([
      "Emit the awaited event",
      `select absurd.emit_event(${queue}, ${quoteLiteral(run.wakeEvent)}, ${json("null")});`,
    ]);
  if (run?.state === "running" && run.claimExpiresAt !== null)
    list.push([
      "Extend the lease to 5 min from now",
      `select absurd.extend_claim(${queue}, ${quoteLiteral(run.runId)}, 300);`,
    ]);
  return list;
}

/** Copies inside the database, so that no value is printed and redacted values stay redacted. */
function runAgain(queue: string, id: string, tasks: string): string {
  return `select copy.*
  from ${tasks} t
 cross join lateral absurd.spawn_task(${queue}, t.task_name, t.params, (
         select jsonb_object_agg(key, value)
           from jsonb_each(jsonb_build_object(
                  'headers', coalesce(t.headers, '{}') || jsonb_build_object('spawned_from', t.task_id),
                  'retry_strategy', t.retry_strategy,
                  'max_attempts', t.max_attempts,
                  'cancellation', t.cancellation))
          where value <> 'null')) as copy
 where t.task_id = ${id};`;
}

/** A spawn with all values, for another database; nothing if values are redacted or omitted. */
function spawnWithValues({ task }: TaskDetail): Snippet[] {
  const { params, headers } = task;
  if (params?.text === undefined || params.redacted || headers?.redacted) return [];
  const values = {
    headers,
    retry_strategy: task.retryStrategy,
    cancellation: task.cancellation,
  };
  const members = Object.entries(values).flatMap(([key, value]) =>
    value?.text !== undefined && parseObject(value) ? [`"${key}": ${value.text}`] : [],
  );
  if (task.maxAttempts !== null) members.push(`"max_attempts": ${task.maxAttempts}`);
  const text = `select * from absurd.spawn_task(
  ${quoteLiteral(task.queue)},
  ${quoteLiteral(task.name)},
  ${json(params.text)},
  ${json(`{${members.join(", ")}}`)});`;
  return [{ title: "Spawn a similar task, with all values", language: "sql", text }];
}
