import { AsyncLocalStorage } from "node:async_hooks";
import { getEnvironment } from "./env";
import type { DatabaseSettings } from "./fleet-settings";

// Pages, routes and actions are separate bundles that share only the process.
const KEY = Symbol.for("absurd-dashboard.database");
const shared = globalThis as { [KEY]?: AsyncLocalStorage<string> };
shared[KEY] ??= new AsyncLocalStorage<string>();
const storage = shared[KEY];

/** The databases that this process serves, in the order of the settings; at least one. */
export function listDatabases(): readonly DatabaseSettings[] {
  return getEnvironment().databases;
}

/** Whether addresses name the database, because there are several. */
export function hasSeveralDatabases(): boolean {
  return listDatabases().length > 1;
}

/** Where sessions, tokens and people are stored: the first database. */
export function getHomeDatabase(): DatabaseSettings {
  const [home] = listDatabases();
  if (!home) throw new Error("There is always a database.");
  return home;
}

export function findDatabase(name: string): DatabaseSettings | undefined {
  return listDatabases().find((database) => database.name === name);
}

/** Runs work on a database. Anything that the work starts without awaiting it stays on this database too. */
export function runOn<T>(database: { name: string }, work: () => T): T {
  return storage.run(database.name, work);
}

/**
 * The database of the current work; if there is only one, that one.
 *
 * @throws Error for work outside `runOn` if there are several: guessing one could pick the wrong database.
 */
export function getDatabase(): DatabaseSettings {
  const current = findCurrentDatabase();
  if (!current) throw new Error("Nothing may be read or changed before a database is chosen.");
  return current;
}

/** The database of the current work; `undefined` if there are several and none was chosen. */
export function findCurrentDatabase(): DatabaseSettings | undefined {
  const name = storage.getStore();
  if (name !== undefined) return findDatabase(name);
  return hasSeveralDatabases() ? undefined : getHomeDatabase();
}
