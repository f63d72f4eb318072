/**
 * Workflow tables that another program created, with other columns. Each test continues where the one before
 * ended.
 */
import { beforeAll, expect, test } from "vitest";
import { createQueue } from "@/lib/absurd/queues/queues";
import { type WorkflowFilters, workflowFilters } from "@/lib/search-params/workflows";
import { openTestDatabase } from "@/testing/dashboard-database";
import {
  getDefinitionDetail,
  getRunDefinition,
  listWorkflowDefinitions,
} from "../workflow-definitions";
import { getWorkflowRun, listWorkflowRuns } from "../workflows";

const queue = "flows";
const database = openTestDatabase();
const list = (filters: Partial<WorkflowFilters> = {}) => listWorkflowRuns(workflowFilters(filters));

beforeAll(() => createQueue(database.pool, queue));

test("runs in a foreign table with the minimal columns are listed by id", async () => {
  const { pool } = database;
  await pool.query(`
    alter table workflow_run rename to ours;
    create table workflow_run (workflow_run_id uuid primary key, workflow_name text not null,
      workflow_version text not null, workflow_hash text, status text not null, absurd_run_id uuid,
      absurd_queue text, inputs jsonb, created_by text, tags jsonb, result jsonb, error jsonb,
      started_at timestamptz, completed_at timestamptz, task_count integer)`);
  for (let n = 1; n <= 5; n++)
    await pool.query(
      `insert into workflow_run (workflow_run_id, workflow_name, workflow_version, status, absurd_queue)
       values ($1, 'foreign', '1', 'odd', $2)`,
      [`00000000-0000-4000-8000-00000000000${n}`, queue],
    );
  const first = await list({ limit: 3 });
  expect(first.tables).toEqual({
    runs: true,
    definitions: true,
    createdAt: false,
    tenants: false,
  });
  expect(first.rows[0]).toMatchObject({ status: "odd", createdAt: null, tenantId: null });
  const second = await list({ limit: 3, cursor: first.older ?? "" });
  expect([...first.rows, ...second.rows].map((run) => run.workflowRunId.at(-1)).join("")).toBe(
    "54321",
  );
  expect((await list({ tenant: ["acme"] })).rows).toEqual([]);
  const id = first.rows[0]?.workflowRunId ?? "";
  expect(await getWorkflowRun(id)).toMatchObject({ linked: { value: 0 }, inputs: null });
});

test("definitions in a foreign table with the minimal columns are listed, and found for a run", async () => {
  const { pool } = database;
  await pool.query(`
    alter table workflow_definition rename to our_definitions;
    create table workflow_definition (definition_id uuid primary key default gen_random_uuid(),
      workflow_name text not null, workflow_version text not null, definition jsonb not null);
    insert into workflow_definition (workflow_name, workflow_version, definition)
      values ('foreign', '1', '{"name": "foreign"}')`);
  const { definitions, installed } = await listWorkflowDefinitions();
  expect(installed).toBe(true);
  expect(definitions).toEqual([
    {
      definitionId: expect.any(String),
      name: "foreign",
      version: "1",
      hash: null,
      tenantId: null,
      isPaused: false,
      sourceFormat: null,
      createdBy: null,
      createdAt: null,
    },
  ]);
  const [run] = (await list({ limit: 1 })).rows;
  expect(await getRunDefinition(run?.workflowRunId ?? "")).toMatchObject({
    source: "name_and_version",
    definitionId: definitions[0]?.definitionId,
  });
  const id = definitions[0]?.definitionId ?? "";
  expect(await getDefinitionDetail(id)).toMatchObject({
    text: '{"name": "foreign"}',
    versions: definitions,
  });
  await pool.query("alter table workflow_definition drop column definition");
  await expect(getDefinitionDetail(id)).rejects.toMatchObject({ code: "definition_not_found" });
  expect(await listWorkflowDefinitions()).toMatchObject({ definitions: [], installed: false });
});

test("without the table, the page is empty and marked as not installed", async () => {
  await database.pool.query("drop table workflow_run; drop table workflow_definition");
  expect(await list()).toMatchObject({ rows: [], tables: { runs: false, definitions: false } });
  expect(await listWorkflowDefinitions()).toMatchObject({ definitions: [], installed: false });
});
