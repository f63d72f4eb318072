import { existsSync } from "node:fs";
import { lstat, readdir, readFile, readlink, rm } from "node:fs/promises";
import path from "node:path";
import { DataDirectoryError } from "./errors";
import { clearLeftOver } from "./left-over";

/**
 * Deletes the cluster that `startEmbeddedPostgres` keeps in a directory, with its password and log; other files stay.
 * A server that a crash left running on it is stopped first.
 *
 * @throws DataDirectoryError when a server is in use there, or when what is there is no cluster.
 */
export async function removeCluster(directory: string): Promise<void> {
  const dataDir = path.join(directory, "pgdata");
  const isLink = (await lstat(dataDir).catch(() => undefined))?.isSymbolicLink();
  const isForeign =
    existsSync(dataDir) &&
    !existsSync(path.join(dataDir, "PG_VERSION")) &&
    (await readdir(dataDir)).length > 0;
  if (isForeign)
    throw new DataDirectoryError(
      "not-a-cluster",
      `${dataDir} holds files, but is no PostgreSQL data directory; nothing was deleted.`,
    );
  const password = await readFile(path.join(directory, "password"), "utf8").catch(() => "");
  await clearLeftOver(dataDir, password.trim());
  // Root's data can lie elsewhere, in a folder of its own.
  if (isLink) await rm(path.dirname(await readlink(dataDir)), { recursive: true, force: true });
  for (const name of ["pgdata", "password", "postgres.log"])
    await rm(path.join(directory, name), { recursive: true, force: true });
}
