import { readFile, statfs } from "node:fs/promises";

/**
 * With less free space than this, a failure without a message is attributed to the full disk, which can't hold a log
 * either.
 */
const SCARCE_BYTES = 32 * 1024 * 1024;

/** Why a data directory can't be used, for callers that suggest a remedy. */
export type DataDirectoryProblem =
  | "in-use"
  | "other-version"
  | "not-a-cluster"
  | "no-permission"
  | "disk-full"
  | "port-in-use"
  | "unknown";

/** A data directory that can't be used. The message is one sentence for users and names the directory. */
export class DataDirectoryError extends Error {
  override name = "DataDirectoryError";
  constructor(
    readonly problem: DataDirectoryProblem,
    message: string,
  ) {
    super(message);
  }
}

const KNOWN: [RegExp, DataDirectoryProblem, string][] = [
  [/No space left on device|ENOSPC/, "disk-full", "The disk that holds {dir} is full."],
  [/Disk quota exceeded|EDQUOT/, "disk-full", "The disk quota for {dir} is used up."],
  [/EEXIST|ENOTDIR/, "not-a-cluster", "{dir} is not a directory."],
  [/ENOENT.*mkdir/, "no-permission", "{dir} can't be made: nothing can be kept there."],
  [/Read-only file system|EROFS/, "no-permission", "{dir} lies on a read-only file system."],
  [
    /Permission denied|EACCES|EPERM|has wrong ownership/,
    "no-permission",
    "PostgreSQL may not read or write {dir}: its owner or its permissions don't allow it.",
  ],
  [
    /is not compatible with this version|database files are incompatible/,
    "other-version",
    "{dir} was written by another version of PostgreSQL.",
  ],
  [
    /could not locate a valid checkpoint record|invalid primary checkpoint|could not find required file|is not a valid data directory/,
    "not-a-cluster",
    "{dir} is damaged: PostgreSQL finds no consistent state in it.",
  ],
];

/**
 * Converts a failure to a `DataDirectoryError`: with our own sentence if the cause is known, otherwise with the cause's
 * message and the last lines of the server's log.
 */
export async function explain(
  cause: unknown,
  directory: string,
  logFile: string,
): Promise<DataDirectoryError> {
  if (cause instanceof DataDirectoryError) return cause;
  const log = await readFile(logFile, "utf8").catch(() => "");
  const tail = log.trimEnd().split("\n").slice(-12).join("\n");
  const text = `${cause instanceof Error ? cause.message : String(cause)}\n${tail}`;
  const port = /could not bind[^\n]*Address (?:already )?in use[\s\S]*port (\d+)/.exec(text)?.[1];
  if (port) return new DataDirectoryError("port-in-use", `Port ${port} is in use.`);
  const known = KNOWN.find(([pattern]) => pattern.test(text));
  if (known) return new DataDirectoryError(known[1], known[2].replace("{dir}", directory));
  const disk = await statfs(directory).catch(() => undefined);
  if (disk && disk.bavail * disk.bsize < SCARCE_BYTES)
    return new DataDirectoryError("disk-full", `The disk that holds ${directory} is full.`);
  return new DataDirectoryError("unknown", `PostgreSQL did not start on ${directory}: ${text}`);
}
