import fc from "fast-check";
import type { ClientBase } from "pg";

/** Text that PostgreSQL stores but that breaks programs. */
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

/** Instants that `timestamptz` can store, in PostgreSQL's text format. */
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
  tasks: { queue: string; taskId: string; runId: string; fate: Fate }[];
  events: { queue: string; name: string }[];
  definitionIds: string[];
  workflowRunIds: string[];
  bulkIds: string[];
};

const FATES = ["pending", "running", "completed", "failed", "sleeping", "waiting"] as const;

/** What was done with a task. The engine may have refused it because of its values. */
export type Fate = (typeof FATES)[number];

/** The instants to overwrite, by table of a queue. */
const COLUMNS: Record<string, string[]> = {
  t: ["enqueue_at", "first_started_at", "cancelled_at"],
  r: ["claim_expires_at", "available_at", "started_at", "completed_at", "failed_at", "created_at"],
  c: ["updated_at"],
  e: ["emitted_at"],
  w: ["timeout_at", "created_at"],
};

/**
 * Fills a database with unusual values that PostgreSQL can store, wherever the engine and the dashboard store text,
 * JSON and instants. The same seed gives the same values.
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
    definitionIds: [],
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
  await storeDefinitions(db, pick, stored);
  await storeWorkflowRuns(db, pick, stored);
  await storePeople(db, pick);
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

/** Runs a statement in the caller's transaction; the server may refuse it because of its values. */
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
  const fate = pick.among(FATES);
  if (fate === "pending") return { taskId, runId, fate };
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
  const ends: Partial<Record<Fate, [statement: string, values: unknown[]]>> = {
    completed: ["select absurd.complete_run($1, $2, $3::jsonb)", [queue, runId, pick.json()]],
    failed: ["select absurd.fail_run($1, $2, $3::jsonb)", [queue, runId, pick.json()]],
    sleeping: ["select absurd.schedule_run($1, $2, $3)", [queue, runId, pick.instant()]],
    waiting: [
      "select absurd.await_event($1, $2, $3, $4, $5)",
      [queue, taskId, runId, pick.text(), event],
    ],
  };
  const end = ends[fate];
  const ended = end ? await attempt(db, ...end) : [];
  if (fate === "waiting" && ended.length > 0) stored.events.push({ queue, name: event });
  const emitted = [queue, pick.text(), pick.json()];
  const emit = await attempt(db, "select absurd.emit_event($1, $2, $3::jsonb)", emitted);
  if (emit.length > 0) stored.events.push({ queue, name: emitted[1] ?? "" });
  return { taskId, runId, fate };
}

/** Overwrites some instants of each row. Columns that the schema requires stay set. */
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

/** Definitions unlike any that the dashboard's parsers expect. */
async function storeDefinitions(db: ClientBase, pick: Picker, stored: Hostile): Promise<void> {
  const operator = () =>
    `{"task_id":${JSON.stringify(pick.text())},"operator_type":${JSON.stringify(
      pick.among(["task", "wait_for_event", "foreach", "switch", pick.text()]),
    )},"dependencies":${pick.json()},"function":${pick.json()}}`;
  for (let n = 0; n < 10; n++) {
    const definition = pick.among([
      pick.json(),
      `{"name":${JSON.stringify(pick.text())},"start_task":"a","tasks":{"a":${operator()},"b":${operator()}}}`,
    ]);
    const { rows } = await db.query(
      `insert into public.workflow_definition (workflow_name, workflow_version, workflow_hash, definition, source_text,
         created_by, created_at)
       values ($1, $2, $3, $4::jsonb, $5, $6, $7) returning definition_id as id`,
      [
        ...[pick.text(), pick.text(), `hash ${n}`, definition, pick.text(), pick.text()],
        n === 0 ? new Date() : pick.instant(),
      ],
    );
    stored.definitionIds.push(rows[0].id);
  }
}

/** Other programs write this table in their own formats: `json` holds escapes that `jsonb` refuses. */
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

/** People, sessions and tokens, with names as providers send them. */
async function storePeople(db: ClientBase, pick: Picker): Promise<void> {
  const grants = '[{"role":"viewer","queues":null,"tenants":null,"payloads":true}]';
  for (let n = 0; n < 5; n++) {
    const who = ["oidc", `${n} ${pick.text()}`, pick.text(), [pick.text()], grants];
    await db.query(
      `insert into absurd_dashboard.person (door, subject, name, reasons, grants, first_seen_at, last_seen_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [...who, pick.instant(), pick.instant()],
    );
    await db.query(
      `insert into absurd_dashboard.session (door, subject, name, reasons, grants, address, user_agent, created_at,
         active_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [...who, pick.text(), pick.text(), pick.instant(), pick.instant(), pick.instant()],
    );
    await db.query(
      `insert into absurd_dashboard.api_token (token_id, name, secret_hash, grants, created_by, created_at, expires_at,
         last_used_at) values ($1, $2, sha256($1::text::bytea), $3, $4, '-infinity', $5, $6)`,
      [
        ...[`token-${n}`, pick.text(), grants, pick.text()],
        pick.among(["infinity", "294276-12-31 23:59:59.999999+00", "0044-03-15 12:00:00+00 BC"]),
        pick.instant(),
      ],
    );
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

/** Tasks and a workflow that are difficult because of their size, in their own queue. */
export type Oversized = {
  queue: string;
  /** A task with 8,000 attempts, one with large values, and one with 1,500 steps. */
  attempts: string;
  values: string;
  steps: string;
  /** A workflow with 3,000 operators, and a run of it. */
  definitionId: string;
  workflowRunId: string;
};

/** @param bytes size of the large values, which PostgreSQL compresses well. */
export async function storeOversized(
  db: ClientBase,
  { bytes }: { bytes: number },
): Promise<Oversized> {
  const queue = "sizes";
  await db.query("select absurd.create_queue($1)", [queue]);
  const spawn = async (name: string, params: string) => {
    const { rows } = await db.query(
      `select task_id, run_id from absurd.spawn_task($1, $2, $3::jsonb, '{"max_attempts": 1}')`,
      [queue, name, params],
    );
    await db.query("select absurd.claim_task($1, 'sizes:1', 3600, 10)", [queue]);
    return { taskId: rows[0].task_id as string, runId: rows[0].run_id as string };
  };
  const attempts = await spawn("hot-loop", "{}");
  await db.query("select absurd.fail_run($1, $2, $3::jsonb)", [
    queue,
    attempts.runId,
    JSON.stringify({ name: "Error", message: "again", traceback: "at x\n".repeat(50) }),
  ]);
  await db.query(
    `insert into absurd.r_sizes (run_id, task_id, attempt, state, claimed_by, available_at, started_at, failed_at, failure_reason, created_at)
     select gen_random_uuid(), task_id, n, state, claimed_by, available_at, started_at, failed_at, failure_reason, created_at
       from absurd.r_sizes, generate_series(2, 8000) as n where task_id = $1`,
    [attempts.taskId],
  );
  await db.query(
    `update absurd.t_sizes set attempts = 8000,
       last_attempt_run = (select run_id from absurd.r_sizes where task_id = $1 and attempt = 8000) where task_id = $1`,
    [attempts.taskId],
  );
  const values = await spawn("large-values", "{}");
  await db.query(
    `update absurd.t_sizes set params = jsonb_build_object('x', repeat('p', $2)) where task_id = $1`,
    [values.taskId, bytes],
  );
  await db.query(
    `select absurd.set_task_checkpoint_state($1, $2, 'load', jsonb_build_object('x', repeat('c', $4)), $3)`,
    [queue, values.taskId, values.runId, bytes],
  );
  await db.query(`select absurd.complete_run($1, $2, jsonb_build_object('x', repeat('r', $3)))`, [
    queue,
    values.runId,
    bytes,
  ]);
  const steps = await spawn("many-steps", "{}");
  await db.query(
    `select absurd.set_task_checkpoint_state($1, $2, 'step ' || n, to_jsonb(n), $3) from generate_series(1, 1500) as n`,
    [queue, steps.taskId, steps.runId],
  );
  return {
    ...{ queue, attempts: attempts.taskId, values: values.taskId, steps: steps.taskId },
    ...(await storeLargeWorkflow(db, queue)),
  };
}

async function storeLargeWorkflow(db: ClientBase, queue: string) {
  const ids = Array.from({ length: 3_000 }, (_, n) => `t${n}`);
  const definition = {
    name: "large",
    version: "1.0.0",
    start_task: "t0",
    tasks: Object.fromEntries(
      ids.map((id, n) => [
        id,
        {
          task_id: id,
          operator_type: "task",
          function: "f",
          dependencies: n === 0 ? [] : [`t${n - 1}`],
        },
      ]),
    ),
  };
  const { rows } = await db.query(
    `insert into public.workflow_definition (workflow_name, workflow_version, workflow_hash, definition)
     values ('large', '1.0.0', 'large', $1) returning definition_id as id`,
    [JSON.stringify(definition)],
  );
  const definitionId: string = rows[0].id;
  const workflowRunId: string = (await db.query("select gen_random_uuid() as id")).rows[0].id;
  const root = await db.query(
    `select task_id, run_id from absurd.spawn_task($1, 'large', '{}', $2::jsonb)`,
    [queue, JSON.stringify({ headers: { workflow_run_id: workflowRunId } })],
  );
  const { task_id: taskId, run_id: runId } = root.rows[0];
  await db.query("select absurd.claim_task($1, 'sizes:1', 3600, 10)", [queue]);
  await db.query(
    `select absurd.set_task_checkpoint_state($1, $2, id, '"done"', $3) from unnest($4::text[]) as id`,
    [queue, taskId, runId, ids],
  );
  await db.query("select absurd.complete_run($1, $2, $3::jsonb)", [queue, runId, '"done"']);
  await db.query(
    `insert into public.workflow_run (workflow_run_id, workflow_name, workflow_version, workflow_hash, status,
       absurd_queue, absurd_task_id, definition_id, created_at, started_at, completed_at)
     values ($1, 'large', '1.0.0', 'large', 'completed', $2, $3, $4, now(), now(), now())`,
    [workflowRunId, queue, taskId, definitionId],
  );
  return { definitionId, workflowRunId };
}
