import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { slimScripts } from "./slim-scripts";

const CHUNK = "module.exports=[1,n=>`≈ “…” `+n];";

let dist: string;
beforeAll(async () => {
  dist = await mkdtemp(path.join(tmpdir(), "absurd-slim-"));
  const write = async (file: string, text: string) => {
    await mkdir(path.join(dist, path.dirname(file)), { recursive: true });
    await writeFile(path.join(dist, file), text);
  };
  for (const folder of ["app/.next", "app/base-path"]) {
    await write(`${folder}/server/chunks/b.js`, CHUNK);
    await write(`${folder}/server/chunks/a.js`, CHUNK);
    await write(`${folder}/server/chunks/ssr/a.js`, CHUNK);
    await write(`${folder}/static/chunks/a.js`, CHUNK);
    await write(`${folder}/static/chunks/b.js`, CHUNK);
  }
  await write("app/.next/server/app/page.js", "module.exports = 1; // é\n");
  await slimScripts(dist);
});
afterAll(() => rm(dist, { recursive: true }));

const read = (file: string) => readFile(path.join(dist, file), "utf8");

test("server scripts have no wide characters and mean the same", async () => {
  const script = await read("app/.next/server/chunks/a.js");
  expect(script).not.toMatch(/[^\0-\xff]/);
  const file = path.join(dist, "app/.next/server/chunks/a.js");
  const [id, say] = createRequire(import.meta.url)(file);
  expect(id).toBe(1);
  expect(say(3)).toBe("≈ “…” 3");
  expect(await read("app/.next/server/app/page.js")).toBe("module.exports = 1; // é\n");
});

test("copies of a chunk in one folder share one script", async () => {
  const load = createRequire(import.meta.url);
  for (const folder of ["app/.next/server/chunks", "app/base-path/server/chunks"]) {
    expect(await read(`${folder}/b.js`)).toBe('module.exports=require("./a.js");\n');
    const at = path.join(dist, folder);
    expect(load(path.join(at, "b.js"))).toBe(load(path.join(at, "a.js")));
    expect(await read(`${folder}/ssr/a.js`)).toContain("module.exports=[1");
  }
});

test("scripts for browsers are not changed", async () => {
  for (const name of ["a", "b"])
    expect(await read(`app/.next/static/chunks/${name}.js`)).toBe(CHUNK);
});
