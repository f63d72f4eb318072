import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";

/** The storage modes; the engine behaves the same in both. */
export const MODES = ["unpartitioned", "partitioned"] as const;

/** Where the fake clock starts. */
export const T = new Date("2026-03-02T12:00:00Z");

/** The instant `seconds` after T, as PostgreSQL prints it in UTC. */
export const at = (seconds: number) =>
  new Date(T.getTime() + seconds * 1000)
    .toISOString()
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "+00");

/** A row with every value as PostgreSQL prints it: JSON null is 'null', SQL NULL is null. */
export type Row = Record<string, string | null>;

type Argument = string | number | boolean | null | object;

/** One session on its own database, with a fake clock. */
export class Engine {
  constructor(
    readonly client: Client,
    readonly queue: string,
  ) {}

  async rows(sql: string, ...values: Argument[]): Promise<Row[]> {
    const types = { getTypeParser: () => (value: string) => value };
    const parameters = values.map((value) =>
      typeof value === "object" && value !== null ? JSON.stringify(value) : value,
    );
    return (await this.client.query({ text: sql, values: parameters, types })).rows;
  }

  /** The only row of a query. */
  async row(sql: string, ...values: Argument[]): Promise<Row> {
    const rows = await this.rows(sql, ...values);
    expect(rows).toHaveLength(1);
    return rows[0] ?? {};
  }

  /** Calls a function as clients do: by position, with untyped parameters. */
  call(name: string, ...values: Argument[]): Promise<Row[]> {
    const list = values.map((_, index) => `$${index + 1}`).join(", ");
    return this.rows(`select * from absurd.${name}(${list})`, ...values);
  }

  /** Calls a function on the queue of this test. */
  on(name: string, ...values: Argument[]): Promise<Row[]> {
    return this.call(name, this.queue, ...values);
  }

  /** Sets the clock to `seconds` after T. */
  async clock(seconds: number): Promise<void> {
    await this.rows(`set absurd.fake_now = '${at(seconds)}'`);
  }

  /** Expects a call to raise exactly this code and message, and rolls it back. */
  async refused(call: () => Promise<unknown>, code: string, message?: string): Promise<void> {
    await this.rows("savepoint refused");
    const error = await call().then(
      () => undefined,
      (thrown) => thrown,
    );
    await this.rows("rollback to savepoint refused");
    expect({
      code: error?.code,
      message: message === undefined ? undefined : error?.message,
    }).toEqual({
      code,
      message,
    });
  }

  /** Spawns a task and returns the ids. */
  async spawn(options: object | null = {}, params: Argument = { n: 1 }) {
    const [row] = await this.on("spawn_task", "job", params, options);
    return { task: String(row?.task_id), run: String(row?.run_id) };
  }

  claim(options: { worker?: string; lease?: number; qty?: number } = {}) {
    return this.on("claim_task", options.worker ?? "w", options.lease ?? 60, options.qty ?? 1);
  }

  /** Spawns a task and claims it. */
  async running(options: object | null = {}, lease = 60) {
    const ids = await this.spawn(options);
    const claimed = await this.claim({ lease });
    expect(claimed.map((run) => run.run_id)).toEqual([ids.run]);
    return ids;
  }

  table(prefix: "t" | "r" | "c" | "e" | "w" | "i") {
    return `absurd.${this.client.escapeIdentifier(`${prefix}_${this.queue}`)}`;
  }

  task(id: string) {
    return this.row(`select * from ${this.table("t")} where task_id = $1`, id);
  }

  run(id: string) {
    return this.row(`select * from ${this.table("r")} where run_id = $1`, id);
  }

  /** The runs of a task by attempt. */
  runs(task: string) {
    return this.rows(`select * from ${this.table("r")} where task_id = $1 order by attempt`, task);
  }

  checkpoints(task: string) {
    return this.rows(
      `select * from ${this.table("c")} where task_id = $1 order by checkpoint_name`,
      task,
    );
  }

  waits() {
    return this.rows(`select * from ${this.table("w")} order by event_name, run_id`);
  }

  events() {
    return this.rows(`select * from ${this.table("e")} order by event_name`);
  }
}

/**
 * Provides each test of a file with an engine, an empty queue in the given mode and the clock at T. Each test is
 * rolled back.
 */
export function provideEngine(
  mode: (typeof MODES)[number] = "unpartitioned",
  queue = "q",
): () => Engine {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query("set timezone = 'UTC'");
    await client.query(`set absurd.fake_now = '${at(0)}'`);
    await client.query("select absurd.create_queue($1, $2)", [queue, mode]);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });
  beforeEach(async () => {
    await client.query("begin");
  });
  afterEach(async () => {
    await client.query("rollback");
  });
  return () => new Engine(client, queue);
}
