import type { Run, TaskDetail } from "@/lib/model/task";
import { parseObject } from "@/lib/timeline/parse-payload";
import { quoteLiteral, quoteName } from "./quote";
import type { Snippet } from "./snippet";

const json = (text: string) => `${quoteLiteral(text)}::jsonb`;

/**
 * Statements for psql about a task: its rows, and the engine's own calls for what can be done with it as it is. They can
 * be pasted as they are, whatever the names hold. The engine has no function to reschedule, so there is none for that.
 */
export function sqlSnippets(detail: TaskDetail): Snippet[] {
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
    { title: "Its rows", language: "sql", text: rows.join("\n") },
    ...actions(detail, run).map(([title, text]) => ({ title, language: "sql" as const, text })),
    { title: "Run again", language: "sql", text: runAgain(queue, id, table("t")) },
    ...spelledOut(detail),
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
      "Emit the event it waits for",
      `select absurd.emit_event(${queue}, ${quoteLiteral(run.wakeEvent)}, ${json("null")});`,
    ]);
  if (run?.state === "running" && run.claimExpiresAt !== null)
    list.push([
      "Extend the lease to five minutes from now",
      `select absurd.extend_claim(${queue}, ${quoteLiteral(run.runId)}, 300);`,
    ]);
  return list;
}

/** Copies inside the database: nothing has to be written out, and hidden values stay hidden. */
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

/** The same with every value written out, for another database; not with values that are hidden or left out. */
function spelledOut({ task }: TaskDetail): Snippet[] {
  const { params, headers } = task;
  if (params?.text === undefined || params.hidden || headers?.hidden) return [];
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
  return [{ title: "Spawn one like it, with its values written out", language: "sql", text }];
}
