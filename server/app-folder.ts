/**
 * The folder from which the dashboard is served: a production build, completed so that it is self-contained. It serves
 * at the root of its host. To serve at a base path, the folder is copied and the build's placeholder is replaced in the
 * copy.
 */
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** The base path of every build, as `next.config.js` sets it. */
const PLACEHOLDER = "/__absurd_base__";

/** Inside an app folder: the files that contain the base path, with the placeholder. */
const TEMPLATES = "base-path";

/**
 * Packages that the build traces but the dashboard never loads, because it doesn't resize images. They are half of its
 * size.
 */
const UNUSED = ["@img", "sharp", "detect-libc", "semver"];

/**
 * Encodings in which a package has scripts and styles, the smallest first, and what the names of these files end with.
 */
export const COMPRESSIONS = [
  { encoding: "br", ending: ".br" },
  { encoding: "gzip", ending: ".gz" },
] as const;

/** Text files of a build. The others are fonts and images. */
const TEXT = /\.(js|mjs|cjs|json|css|html|txt|rsc|meta|svg)$/;

/**
 * Completes the output of `next build` in `root` into a folder that serves at the root of its host. `target` is
 * replaced atomically.
 */
export async function assembleApp(root: string, target: string): Promise<void> {
  const partial = `${target}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  // The build links packages to each other, but a package archive can't contain links.
  await cp(path.join(root, ".next/standalone"), partial, {
    recursive: true,
    dereference: true,
    filter: (file) => !/\.(map|nft\.json)$/.test(file),
  });
  for (const name of UNUSED)
    await rm(path.join(partial, "node_modules", name), { recursive: true, force: true });
  // The bundler also keeps a worker's source beside its bundle.
  await cp(path.join(root, ".next/static"), path.join(partial, ".next/static"), {
    recursive: true,
    filter: (file) => !/\.(map|ts)$/.test(file),
  });
  await cp(path.join(root, "public"), path.join(partial, "public"), { recursive: true });
  for (const file of await listFiles(path.join(partial, ".next"))) {
    if (!TEXT.test(file)) continue;
    const absolute = path.join(partial, ".next", file);
    const text = await readFile(absolute, "utf8");
    if (!text.includes(PLACEHOLDER.slice(1))) continue;
    const template = path.join(partial, TEMPLATES, file);
    await mkdir(path.dirname(template), { recursive: true });
    await rename(absolute, template);
    await writeFile(absolute, replacePlaceholder(text, ""));
  }
  await rm(target, { recursive: true, force: true });
  await rename(partial, target);
}

/** Reads the id of the build in an app folder, or in `.next`; `undefined` without a build. */
export async function findBuildId(folder: string): Promise<string | undefined> {
  return readFile(path.join(folder, "BUILD_ID"), "utf8").catch(() => undefined);
}

/** A folder to serve from, and how to remove it. */
export type PlacedApp = { folder: string; remove: () => Promise<void> };

/**
 * The folder that serves an assembled app at a base path. At the root that is the app itself, and nothing is written.
 * Otherwise it is a copy of at most 20 MB in the temporary folder, which `remove` deletes.
 *
 * @throws Error if the copy can't be written.
 */
export async function placeApp(app: string, basePath: string): Promise<PlacedApp> {
  if (basePath === "") return { folder: app, remove: async () => {} };
  const parent = path.resolve(tmpdir());
  const folder = await mkdtemp(path.join(parent, "absurd-dashboard-")).catch((error: Error) => {
    throw new Error(
      `A base path needs a folder that can be written: ${error.message}. Mount one, for example a tmpfs on ${parent}, or set TMPDIR.`,
    );
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  await copyApp(app, folder, basePath).catch(async (error: Error) => {
    await remove().catch(() => {});
    throw new Error(
      `The app can't be copied to ${parent} for its base path: ${error.message}. Set TMPDIR to use another folder.`,
    );
  });
  return { folder, remove };
}

/** Copies an app with the base path inserted. The app may be read-only: folders of the copy have modes of their own. */
async function copyApp(app: string, folder: string, basePath: string): Promise<void> {
  await symlink(path.join(app, "node_modules"), path.join(folder, "node_modules"));
  const templates = await listFiles(path.join(app, TEMPLATES));
  // Files with the text for the root are replaced, not copied.
  const replaced = new Set(
    templates.flatMap((file) =>
      ["", ...COMPRESSIONS.map(({ ending }) => ending)].map((ending) =>
        path.join(".next", `${file}${ending}`),
      ),
    ),
  );
  for (const file of await listFiles(app, ["node_modules", TEMPLATES])) {
    if (replaced.has(file)) continue;
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await copyFile(path.join(app, file), path.join(folder, file));
  }
  for (const file of templates) {
    const text = await readFile(path.join(app, TEMPLATES, file), "utf8");
    const copy = path.join(folder, ".next", file);
    await mkdir(path.dirname(copy), { recursive: true });
    await writeFile(copy, replacePlaceholder(text, basePath));
  }
}

/**
 * Inserts the base path. Regular expressions in manifests contain it with escaped slashes (`\\/` in JSON). Those are
 * replaced first, since a leftover escape would make the expression invalid.
 */
export function replacePlaceholder(text: string, basePath: string): string {
  const name = PLACEHOLDER.slice(1);
  return text
    .replaceAll(`\\\\/${name}`, escapeSlashes(escapeForPattern(basePath), "\\\\/"))
    .replaceAll(`\\/${name}`, escapeSlashes(basePath, "\\/"))
    .replaceAll(PLACEHOLDER, basePath);
}

const escapeSlashes = (text: string, slash: string) => text.replaceAll("/", slash);

/** The dot is the only character of base paths that is special in a regular expression. */
const escapeForPattern = (text: string) => text.replaceAll(".", "\\\\.");

/** The files in a folder, at any depth, except below its folders in `except`. Links are files or folders, too. */
async function listFiles(folder: string, except: readonly string[] = []): Promise<string[]> {
  const files: string[] = [];
  for (const name of await readdir(folder)) {
    if (except.includes(name)) continue;
    const entry = path.join(folder, name);
    if (!(await stat(entry)).isDirectory()) files.push(name);
    else for (const file of await listFiles(entry)) files.push(path.join(name, file));
  }
  return files;
}
