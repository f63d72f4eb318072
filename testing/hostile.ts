import fc from "fast-check";
import type { ClientBase } from "pg";

/** Text that PostgreSQL stores and programs stumble over. */
const TEXTS = [
  " ",
  "0",
  "null",
  "infinity",
  "constructor",
  "__proto__",
  "toString",
  "a\u202Eb\u2066c\u200F\u061C",
  "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627",
  "\u001B[31mred\u001B[0m\u0007\b\u009B2J",
  "line\nbreak\r\n\t\u2028\u2029\u000B\f",
  "\uFEFFbom\u200B\u00AD\uFFFD\uFFFE",
  "e\u0301\u0323\u0302\u0308".repeat(30),
  "\u{1F469}\u200D\u{1F467}\u{1D54F}\u{10FFFF}",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  `'"\`\\;--/*$$ $1 %s %n {{x}} \${x}`,
  "../../etc/passwd",
  "%00%E0%A4%A%41?a=b&c#d",
  "\\u0000\\ud800 \\x00",
  "=1+1|cmd",
  "a,b;c\td",
  "W".repeat(5_000),
];

/** JSON text, as PostgreSQL's `jsonb` accepts it. */
const JSONS = [
  "null",
  "true",
  "-0",
  "1e400",
  "1e-400",
  "123456789012345678901234567890.123456789",
  '""',
  "[]",
  "{}",
  '{"":{"":""}}',
  '{"__proto__":{"x":1},"constructor":null,"toString":"x","length":-1}',
  '{"message":null,"name":5,"stack":["a","b"],"cause":{"cause":{"errors":[1,{"message":"deep"}]}}}',
  '{"name":"$ClaimTimeout"}',
  '{"name":"Error","message":{"not":"text"},"traceback":7}',
  '{"$type":"Date","value":"never"}',
  '"2026-13-45T99:99:99Z"',
  '"+275760-09-13T00:00:00.001Z"',
  '"-271821-04-19T23:59:59.999Z"',
  '{"error":"connection refused"}',
  "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]",
  `${"[".repeat(500)}${"]".repeat(500)}`,
  `[${"1,".repeat(2_000)}1]`,
  `{"big":"${"x".repeat(70_000)}"}`,
  '{"kind":"fixed","base_seconds":1e308}',
  '{"max_duration":1.5,"max_delay":"soon"}',
  '{"tenant_id":{"a":1},"workflow_run_id":7,"spawned_from":null}',
];

/** Instants that `timestamptz` holds, as PostgreSQL's text. */
const INSTANTS = [
  "infinity",
  "-infinity",
  "294276-12-31 23:59:59.999999+00",
  "275760-09-13 00:00:00.001+00",
  "20000-01-01 00:00:00+00",
  "9999-12-31 23:59:59.999999+00",
  "1969-12-31 23:59:59.999999+00",
  "0001-01-01 00:00:00+00",
  "0044-03-15 12:00:00+00 BC",
  "4713-11-24 00:00:00+00 BC",
  "1883-11-18 12:03:57+00",
];

const QUEUES = [
  "plain",
  `it's "quoted"`,
  "a.b/c%41?d#e",
  "..",
  "~",
  " spaced ",
  "\u540D\u524D\u30AD\u30E5\u30FC",
  "a\u202Eb\u001B[31mc",
  "\u{1F980}".repeat(14),
  "q".repeat(57),
];

/** What was stored, for reading it back. */
export type Hostile = {
  queues: string[];
  tasks: { queue: string; taskId: string; runId: string }[];
  events: { queue: string; name: string }[];
  workflowRunIds: string[];
  bulkIds: string[];
};

/** The instants that are overwritten, by table of a queue. */
const COLUMNS: Record<string, string[]> = {
  t: ["enqueue_at", "first_started_at", "cancelled_at"],
  r: ["claim_expires_at", "available_at", "started_at", "completed_at", "failed_at", "created_at"],
  c: ["updated_at"],
  e: ["emitted_at"],
  w: ["timeout_at", "created_at"],
};

/**
 * Fills a database with values that PostgreSQL can hold and nobody expects, wherever the engine and the dashboard store
 * text, JSON and instants. The same seed gives the same values.
 */
export async function storeHostile(
  db: ClientBase,
  { seed, tasks: count }: { seed: number; tasks: number },
): Promise<Hostile> {
  const pick = createPicker(seed);
  const stored: Hostile = {
    queues: QUEUES,
    tasks: [],
    events: [],
    workflowRunIds: [],
    bulkIds: [],
  };
  for (const queue of QUEUES) await db.query("select absurd.create_queue($1)", [queue]);
  for (let n = 0; n < count; n++) {
    const queue = QUEUES[n % QUEUES.length] ?? "";
    await db.query("begin");
    const task = await storeTask(db, queue, pick, stored);
    await db.query("commit");
    if (task) stored.tasks.push({ queue, ...task });
  }
  for (const queue of QUEUES) await storeInstants(db, queue, pick);
  await db.query("update absurd.queues set created_at = $1 where queue_name = $2", [
    pick.instant(),
    QUEUES[1],
  ]);
  await storeWorkflowRuns(db, pick, stored);
  await storeRecords(db, pick, stored);
  return stored;
}

type Picker = Record<"text" | "json" | "instant", () => string> & {
  among: <T>(values: readonly T[]) => T;
};

function createPicker(seed: number): Picker {
  let n = 0;
  const draw = <T>(values: fc.Arbitrary<T>): T => {
    const [value] = fc.sample(values, { seed: seed + n++, numRuns: 1 });
    return value as T;
  };
  const anyText = fc
    .string({ unit: "binary", maxLength: 60 })
    .map((text) => text.replaceAll("\0", "").replace(/[\uD800-\uDFFF]/gu, "") || "x");
  const anyJson = fc
    .json({ maxDepth: 4 })
    .map((text) => text.replace(/\\u0000|\\ud[89a-f]../gi, "?"));
  return {
    text: () => draw(fc.oneof(fc.constantFrom(...TEXTS), anyText)),
    json: () => draw(fc.oneof(fc.constantFrom(...JSONS), anyJson)),
    instant: () => draw(fc.constantFrom(...INSTANTS)),
    among: (values) => draw(fc.constantFrom(...values)),
  };
}

/** Runs a statement that the server may refuse for its values, in the transaction of the caller. */
async function attempt(
  db: ClientBase,
  text: string,
  values: unknown[],
): Promise<Record<string, string>[]> {
  await db.query("savepoint attempt");
  try {
    const { rows } = await db.query(text, values);
    await db.query("release savepoint attempt");
    return rows;
  } catch {
    await db.query("rollback to savepoint attempt");
    return [];
  }
}

async function storeTask(db: ClientBase, queue: string, pick: Picker, stored: Hostile) {
  const headers = pick.among([
    null,
    `{"value":${pick.json()}}`,
    JSON.stringify({ tenant_id: pick.text(), [pick.text()]: pick.text() }),
  ]);
  const options = {
    ...(headers === null ? {} : { headers: JSON.parse(headers) }),
    max_attempts: pick.among([1, 2, 5, 2_147_483_647]),
    idempotency_key: pick.among([null, pick.text()]),
    retry_strategy: pick.among([
      { kind: "none" },
      { kind: "fixed", base_seconds: 0 },
      { kind: "exponential", base_seconds: 60, factor: 1e300, max_seconds: 1e15 },
    ]),
  };
  const [spawned] = await attempt(
    db,
    "select task_id, run_id from absurd.spawn_task($1, $2, $3::jsonb, $4::jsonb)",
    [queue, pick.text(), pick.json(), JSON.stringify(options)],
  );
  if (!spawned) return null;
  const { task_id: taskId = "", run_id: runId = "" } = spawned;
  const fate = pick.among(["pending", "running", "completed", "failed", "sleeping", "waiting"]);
  if (fate === "pending") return { taskId, runId };
  await attempt(db, "select absurd.claim_task($1, $2, 60, 1000)", [queue, pick.text()]);
  for (const step of [pick.text(), pick.text()])
    await attempt(db, "select absurd.set_task_checkpoint_state($1, $2, $3, $4::jsonb, $5)", [
      queue,
      taskId,
      step,
      pick.json(),
      runId,
    ]);
  const event = pick.text();
  const ends: Record<string, [statement: string, values: unknown[]]> = {
    completed: ["select absurd.complete_run($1, $2, $3::jsonb)", [queue, runId, pick.json()]],
    failed: ["select absurd.fail_run($1, $2, $3::jsonb)", [queue, runId, pick.json()]],
    sleeping: ["select absurd.schedule_run($1, $2, $3)", [queue, runId, pick.instant()]],
    waiting: [
      "select absurd.await_event($1, $2, $3, $4, $5)",
      [queue, taskId, runId, pick.text(), event],
    ],
  };
  const end = ends[fate];
  if (end) await attempt(db, ...end);
  if (fate === "waiting") stored.events.push({ queue, name: event });
  const emitted = pick.text();
  await attempt(db, "select absurd.emit_event($1, $2, $3::jsonb)", [queue, emitted, pick.json()]);
  stored.events.push({ queue, name: emitted });
  return { taskId, runId };
}

/** Overwrites some instants of each row. Columns that the schema wants set stay set. */
async function storeInstants(db: ClientBase, queue: string, pick: Picker): Promise<void> {
  for (const [prefix, columns] of Object.entries(COLUMNS)) {
    const { rows } = await db.query("select format('absurd.%I', $1 || '_' || $2) as name", [
      prefix,
      queue,
    ]);
    const table = rows[0].name;
    const places = await db.query(`select ctid::text as at from ${table}`);
    await db.query("begin");
    for (const { at } of places.rows)
      await attempt(db, `update ${table} set ${pick.among(columns)} = $1 where ctid = $2::tid`, [
        pick.instant(),
        at,
      ]);
    await db.query("commit");
  }
}

/** Other programs write this table in shapes of their own: `json` holds escapes that `jsonb` refuses. */
async function storeWorkflowRuns(db: ClientBase, pick: Picker, stored: Hostile): Promise<void> {
  await db.query(`
    alter table public.workflow_run drop constraint workflow_run_name_check;
    alter table public.workflow_run drop constraint workflow_run_version_check;
    alter table public.workflow_run alter column inputs type json using inputs::text::json`);
  for (let n = 0; n < 20; n++) {
    const instants = [pick.instant(), pick.instant(), pick.instant()];
    const { rows } = await db.query(
      `insert into public.workflow_run (workflow_run_id, workflow_name, workflow_version, status, absurd_queue,
         absurd_task_id, inputs, result, error, tags, created_by, created_at, started_at, completed_at)
       values (gen_random_uuid(), $1, $2, $3, $4, $5, $6::json, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11, $12, $13)
       returning workflow_run_id as id`,
      [
        pick.text(),
        pick.text(),
        pick.among(["pending", "running", "completed", "failed", "cancelled"]),
        pick.among(QUEUES),
        pick.among(stored.tasks).taskId,
        pick.among(['{"a":"\\u0000"}', '["\\ud800"]', '{"a":1,"a":2}', pick.json()]),
        ...[pick.json(), pick.json(), pick.json(), pick.text()],
        ...(n === 0 ? [new Date(), null, null] : instants),
      ],
    );
    stored.workflowRunIds.push(rows[0].id);
  }
}

/** The dashboard's own tables. */
async function storeRecords(db: ClientBase, pick: Picker, stored: Hostile): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const { queue, taskId } = pick.among(stored.tasks);
    await db.query(
      `insert into absurd_dashboard.audit_entry (at, operator, action, queue, task_id, parameters, reason, outcome, message)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, 'refused', $8)`,
      [
        ...[pick.instant(), pick.text(), pick.text(), queue, taskId],
        ...[JSON.stringify({ [pick.text()]: pick.text() }), pick.text(), pick.text()],
      ],
    );
  }
  const { rows } = await db.query(
    `insert into absurd_dashboard.bulk_job (bulk_id, action, options, operator, reason, state, created_at, finished_at, message)
     values (absurd_dashboard.new_id(), 'cancel', '{}', $1, $2, 'done', $3, $4, $5) returning bulk_id as id`,
    [pick.text(), pick.text(), pick.instant(), pick.instant(), pick.text()],
  );
  stored.bulkIds.push(rows[0].id);
  for (const { queue, taskId } of stored.tasks.slice(0, 10))
    await db.query(
      `insert into absurd_dashboard.bulk_item (bulk_id, task_id, queue, outcome, message, at)
       values ($1, $2, $3, 'skipped', $4, $5)`,
      [rows[0].id, taskId, queue, pick.text(), pick.instant()],
    );
}
