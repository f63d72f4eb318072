import type { Client } from "pg";
import { dial, formatTarget } from "./dial";
import { checkOwnTables, checkRights, checkSchema, checkUpkeep } from "./engine";
import { type Check, type Report, summarize } from "./report";
import {
  checkChanges,
  checkClock,
  checkPooler,
  checkReplica,
  checkSettings,
  checkTls,
  checkVersion,
} from "./session";

/** Checks that a caller adds, such as those that need files which only the command has. */
export type MoreChecks = (client: Client) => Promise<Check[]>;

/**
 * Checks the database as the dashboard would use it, on separate connections. Changes nothing. A check that fails
 * is reported as a warning; nothing is thrown.
 *
 * @param readUrl the connection string for queries, if it differs.
 */
export async function examine(
  url: string,
  readUrl?: string,
  more: MoreChecks = async () => [],
): Promise<Report> {
  const dialled = await dial(url);
  if ("failure" in dialled) return summarize([connectionCheck("connection", dialled.failure)]);
  const { client, target } = dialled;
  const checks: Check[] = [
    { id: "connection", verdict: "ok", message: `Connected to ${formatTarget(target)}.` },
  ];
  const run = async (id: string, check: () => Promise<Check | Check[]>) => {
    checks.push(...[await check().catch((error) => cannotCheck(id, error))].flat());
  };
  try {
    await run("tls", () => checkTls(client, target));
    await run("postgresql", () => checkVersion(client));
    await run("clock", () => checkClock(client));
    await run("pooler", () => checkPooler(client, url));
    await run("settings", () => checkSettings(client));
    await run("changes", () => checkChanges(client));
    await run("schema", () => checkSchema(client));
    if (checks.every(({ id, verdict }) => id !== "schema" || verdict === "ok")) {
      await run("rights", () => checkRights(client));
      await run("upkeep", () => checkUpkeep(client));
    }
    await run("own-tables", () => checkOwnTables(client));
    await run("more", () => more(client));
  } finally {
    await client.end().catch(() => {});
  }
  if (readUrl && readUrl !== url) checks.push(...(await examineReader(readUrl)));
  return summarize(checks);
}

/** Checks the connection for queries: what it needs, as the role of that connection. */
async function examineReader(url: string): Promise<Check[]> {
  const dialled = await dial(url);
  if ("failure" in dialled) return [connectionCheck("read-connection", dialled.failure)];
  const { client, target } = dialled;
  const run = async (id: string, check: () => Promise<Check | Check[]>) =>
    [await check().catch((error) => cannotCheck(id, error))].flat();
  try {
    const message = `Connected for queries to ${formatTarget(target)}.`;
    const tls = await run("tls", () => checkTls(client, target));
    const schema = await run("schema", () => checkSchema(client));
    const isUsable = schema.every(({ verdict }) => verdict === "ok");
    const rights = isUsable ? await run("rights", () => checkRights(client, "read")) : [];
    return [
      { id: "read-connection", verdict: "ok", message },
      ...[...tls, ...schema, ...rights].map(({ id, hint, ...check }) => ({
        ...{ id: `read-${id}`, ...check },
        ...(hint && { hint: hint.replaceAll("DATABASE_URL", "DATABASE_READ_URL") }),
      })),
      ...(await run("replica-lag", () => checkReplica(client))),
    ];
  } finally {
    await client.end().catch(() => {});
  }
}

function connectionCheck(
  id: string,
  failure: { target: Parameters<typeof formatTarget>[0]; message: string; causes: string[] },
): Check {
  return {
    id,
    verdict: "error",
    message: `No connection to ${formatTarget(failure.target)}: ${failure.message}`,
    hint: `Likely causes: ${failure.causes.join(" ")}`,
  };
}

/**
 * A warning, since what was not checked may be out of order. The driver's message may contain values, so the code alone
 * is shown.
 */
function cannotCheck(id: string, error: { code?: string; name?: string }): Check {
  return {
    id,
    verdict: "warning",
    message: `This could not be checked (${error.code ?? error.name ?? "unknown error"}).`,
  };
}
