import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, cp, lstat, mkdir, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type Binaries, binariesIn, findBinaries } from "./binaries";

const run = promisify(execFile);

/** Location of root's clusters if other users can't enter the requested directory. */
const SHARED = ["/var/lib/absurd-dashboard", "/var/tmp/absurd-dashboard"];

/** The user that runs the server: PostgreSQL refuses to run as root. */
export type ServerUser = { name: string; uid: number; gid: number };

export type Place = {
  binaries: Binaries;
  dataDir: string;
  /** Absent if the server runs as the user that started it. */
  user?: ServerUser;
  /** Where the data is, if not in the requested directory. */
  notice?: string;
};

/**
 * Decides where the cluster of `directory` is stored and who runs it. Normally that is `{directory}/pgdata` and the
 * current user. Root's server runs as `postgres` or `nobody`; if that user can't enter the directory or the installed
 * packages (a clone under `/root`, say), data and binaries are stored under `/var/lib`, and `pgdata` is a link to it.
 */
export async function findPlace(directory: string): Promise<Place> {
  const dataDir = path.join(directory, "pgdata");
  const binaries = findBinaries();
  if (process.getuid?.() !== 0) return { binaries, dataDir };

  const user = await serverUser(dataDir);
  if (!(await canEnter(user, directory)) && (await canEnter(user, path.dirname(directory))))
    await chmod(directory, (await stat(directory)).mode | 0o011);
  const place: Place = { binaries, dataDir, user };
  if (!(await canEnter(user, binaries.postgres))) place.binaries = await copyBinaries(binaries);
  if (!(await canEnter(user, directory))) {
    place.dataDir = await linkAway(dataDir);
    place.notice = `PostgreSQL can't run as root, and "${user.name}" may not enter ${directory}: the data is in ${place.dataDir}`;
  }
  return place;
}

/** Existing data keeps its owner; new data belongs to the first of these users that exists. */
async function serverUser(dataDir: string): Promise<ServerUser> {
  const owner = await stat(dataDir).catch(() => undefined);
  const names = [...(owner?.uid ? [String(owner.uid)] : []), "postgres", "nobody"];
  for (const name of names) {
    const ids = await Promise.all(
      ["-un", "-u", "-g"].map((flag) =>
        run("id", [flag, name]).then(({ stdout }) => stdout.trim()),
      ),
    ).catch(() => undefined);
    // `| 0` converts an unsigned -2 (`nobody` on macOS) to what spawn accepts.
    if (ids?.[0]) return { name: ids[0], uid: Number(ids[1]) | 0, gid: Number(ids[2]) | 0 };
  }
  throw new Error(
    'PostgreSQL can\'t run as root, and there is neither a user "postgres" nor "nobody". Run the command as an ordinary user.',
  );
}

async function canEnter(user: ServerUser, target: string): Promise<boolean> {
  return run("test", ["-x", target], { uid: user.uid, gid: user.gid, cwd: "/" }).then(
    () => true,
    () => false,
  );
}

async function copyBinaries(binaries: Binaries): Promise<Binaries> {
  const root = path.join(await sharedFolder(), `postgresql-${binaries.version}`);
  if (!existsSync(root)) {
    const partial = `${root}.${process.pid}`;
    await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true });
    // If another process finished its copy first, ours is dropped.
    await rename(partial, root).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return binariesIn(root, binaries.version);
}

async function linkAway(dataDir: string): Promise<string> {
  const link = await lstat(dataDir).catch(() => undefined);
  if (link?.isSymbolicLink()) return readlink(dataDir);
  const key = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const home = path.join(await sharedFolder(), `data-${key}`);
  await mkdir(home, { recursive: true, mode: 0o711 });
  const target = path.join(home, "pgdata");
  if (link) {
    await cp(dataDir, target, { recursive: true, preserveTimestamps: true });
    await rm(dataDir, { recursive: true });
  }
  await symlink(target, dataDir);
  return target;
}

async function sharedFolder(): Promise<string> {
  for (const folder of SHARED) {
    const made = await mkdir(folder, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    );
    if (made) return folder;
  }
  throw new Error(
    `None of ${SHARED.join(", ")} can be written. Run the command as an ordinary user.`,
  );
}
