import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";

/** A character that makes V8 keep the whole script with two bytes per character. */
const WIDE = /[^\0-\xff]/;

/**
 * Makes the server's scripts need less memory: writes wide characters of texts as escapes, and replaces copies of a chunk,
 * which the bundler writes for several routes, by references to the first. Scripts for browsers are not changed.
 *
 * @param dist the folder of the assembled app and the bundled programs.
 */
export async function slimScripts(dist: string): Promise<void> {
  const chunks = new Map<string, string>();
  for (const file of await listScripts(dist)) {
    let script = await readFile(file, "utf8");
    if (WIDE.test(script)) {
      ({ code: script } = await transform(script, { charset: "ascii", minifyWhitespace: true }));
      await writeFile(file, script);
    }
    const folder = path.dirname(file);
    if (!/\/server\/chunks(\/ssr)?$/.test(folder)) continue;
    const key = `${folder}\n${script}`;
    const first = chunks.get(key);
    if (first === undefined) chunks.set(key, path.basename(file));
    else await writeFile(file, `module.exports=require(${JSON.stringify(`./${first}`)});\n`);
  }
}

/** The scripts that the server may load, sorted. */
async function listScripts(dist: string): Promise<string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?js$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/^app\/(\.next|base-path)\/static\//.test(path.relative(dist, file)))
    .sort();
}
