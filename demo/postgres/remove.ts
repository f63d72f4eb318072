import { existsSync } from "node:fs";
import { lstat, readdir, readFile, readlink, rm } from "node:fs/promises";
import path from "node:path";
import { DataDirectoryError } from "./errors";
import { clearLeftOver } from "./left-over";

/**
 * Deletes the cluster that `startEmbeddedPostgres` keeps in a directory, with its password and log; other files are
 * kept. A server left running by a crash is stopped first.
 *
 * @throws DataDirectoryError if a server is in use there, or if the directory has no cluster.
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
  // Root's data can be stored elsewhere, in its own folder.
  if (isLink) await rm(path.dirname(await readlink(dataDir)), { recursive: true, force: true });
  for (const name of ["pgdata", "password", "postgres.log"])
    await rm(path.join(directory, name), { recursive: true, force: true });
}
