import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { assembleApp, placeApp, replacePlaceholder } from "./app-folder";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "absurd-app-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), text);
  }
}

const built = {
  ".next/standalone/.next/BUILD_ID": "one",
  ".next/standalone/.next/routes.json": '{"a":"/__absurd_base__/x"}',
  ".next/standalone/.next/plain.json": "{}",
  ".next/standalone/node_modules/next/package.json": "{}",
  ".next/standalone/node_modules/sharp/package.json": "{}",
  ".next/static/chunk.js": 'fetch("/__absurd_base__"+path)',
  "public/icon.svg": "<svg/>",
};

test("an assembled app serves at the root and keeps what a base path needs", async () => {
  await write(built);
  const app = path.join(root, "app");
  await assembleApp(root, app);
  expect(await readFile(path.join(app, ".next/routes.json"), "utf8")).toBe('{"a":"/x"}');
  expect(await readFile(path.join(app, ".next/static/chunk.js"), "utf8")).toBe('fetch(""+path)');
  expect(await readdir(path.join(app, "node_modules"))).toEqual(["next"]);
  expect((await readdir(path.join(app, "base-path"), { recursive: true })).sort()).toEqual([
    "routes.json",
    "static",
    path.join("static", "chunk.js"),
  ]);
});

test("serving at a base path makes a copy and leaves the app unchanged", async () => {
  await write(built);
  const app = path.join(root, "app");
  await assembleApp(root, app);
  for (const name of ["chunk.js.gz", "chunk.js.br", "other.js.gz"])
    await writeFile(path.join(app, ".next/static", name), "compressed for the root");
  const placed = await placeApp(app, "/ops/absurd");
  const read = (file: string) => readFile(path.join(placed.folder, ".next", file), "utf8");
  expect(await read("routes.json")).toBe('{"a":"/ops/absurd/x"}');
  expect(await read("static/chunk.js")).toBe('fetch("/ops/absurd"+path)');
  expect(await read("plain.json")).toBe("{}");
  const assets = await readdir(path.join(placed.folder, ".next/static"));
  expect(assets.sort()).toEqual(["chunk.js", "other.js.gz"]);
  expect(await readFile(path.join(app, ".next/routes.json"), "utf8")).toBe('{"a":"/x"}');
  await placed.remove();
  await expect(readdir(placed.folder)).rejects.toThrow("ENOENT");
});

test("an app without any permission to write can be served at a base path", async () => {
  await write(built);
  const app = path.join(root, "app");
  await assembleApp(root, app);
  const entries = (await readdir(app, { recursive: true })).map((entry) => path.join(app, entry));
  const modes = async (files: string[]) =>
    Promise.all(files.map(async (file) => (await stat(file)).mode & 0o200));
  for (const entry of [app, ...entries])
    await chmod(entry, (await stat(entry)).isDirectory() ? 0o555 : 0o444);
  try {
    const placed = await placeApp(app, "/ops");
    const folders = [".", ".next", ".next/static", "public"];
    const written = [".next/routes.json", ".next/static/chunk.js"];
    const inCopy = [...folders, ...written].map((name) => path.join(placed.folder, name));
    expect(await modes(inCopy)).toEqual(inCopy.map(() => 0o200));
    await placed.remove();
  } finally {
    for (const entry of [app, ...entries]) await chmod(entry, 0o755);
  }
});

test("a base path that can't be prepared says what it needs, and leaves nothing behind", async () => {
  await write(built);
  const app = path.join(root, "app");
  await assembleApp(root, app);
  await rm(path.join(app, ".next/static"), { recursive: true });
  await writeFile(path.join(app, ".next/static"), "a file in place of a folder");
  const temporary = path.join(root, "temporary");
  await mkdir(temporary);
  vi.stubEnv("TMPDIR", temporary);
  await expect(placeApp(app, "/ops")).rejects.toThrow(
    /can't be copied to .* for its base path: .*TMPDIR/,
  );
  expect(await readdir(temporary)).toEqual([]);
});

test("serving at the root writes nothing", async () => {
  expect((await placeApp("/nowhere", "")).folder).toBe("/nowhere");
});

test.each(["", "/ops", "/ops/absurd.v2", "/~user/a-b_c"])(
  "the build's regular expressions match the base path %s and nothing else",
  (basePath) => {
    const source = "^(?:\\/__absurd_base__(?:\\/(.*))?)$";
    const inJson = JSON.stringify({ source });
    const pattern = new RegExp(JSON.parse(replacePlaceholder(inJson, basePath)).source);
    expect(pattern.test(`${basePath}/tasks`)).toBe(true);
    if (basePath !== "") expect(pattern.test(`/other${basePath}/tasks`)).toBe(false);
    if (basePath.includes(".")) expect(pattern.test("/ops/absurdxv2/tasks")).toBe(false);
    // In code, a regular expression has a single level of escaping.
    const literal = replacePlaceholder(source, basePath);
    expect(new RegExp(literal).test(`${basePath}/tasks`)).toBe(true);
  },
);
