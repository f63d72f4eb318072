import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "@/demo/postgres/embedded";
import { migrate } from "@/lib/db/migrate";

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the server's maintenance database. */
    serverUrl: string;
    /** File with the server's log, for tests that search it for deadlocks. */
    serverLog: string;
  }
}

/** One server for all test files; each file clones its own database from `template_absurd`. */
export default async function setup(project: TestProject) {
  const directory = await mkdtemp(path.join(tmpdir(), "absurd-test-"));
  const server = await startEmbeddedPostgres({
    directory,
    settings: {
      max_connections: "300",
      shared_buffers: "256MB",
      // The data is discarded, so durability is traded for speed.
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off",
    },
  });
  const maintenance = new Client({ connectionString: server.url("postgres") });
  await maintenance.connect();
  await maintenance.query("create database template_absurd");
  const template = new Client({ connectionString: server.url("template_absurd") });
  await template.connect();
  await migrate(template, "engine");
  await migrate(template, "dashboard");
  await template.end();
  await maintenance.end();
  project.provide("serverUrl", server.url("postgres"));
  project.provide("serverLog", server.logFile);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
