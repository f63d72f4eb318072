/**
 * The Dockerfile's steps, without a container engine: those of the build run in a plain folder, and their result runs
 * in a read-only root that only has Node, with the image's user, entry point and health check.
 */
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import getPort from "get-port";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/testing/database";
import { ensureProgram } from "@/testing/installed/debian";

type Step = { instruction: string; rest: string };

/** Instructions of a Dockerfile, with continued lines joined. */
function parseDockerfile(text: string): Step[] {
  const lines = text.replaceAll(/^#.*\n/gm, "").replaceAll(/\\\n\s*/g, "");
  return lines.split("\n").flatMap((line) => {
    const [, instruction = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    return instruction === "" ? [] : [{ instruction, rest }];
  });
}

const steps = parseDockerfile(await readFile("deploy/docker/Dockerfile", "utf8"));
const last = steps.findLastIndex(({ instruction }) => instruction === "FROM");
const [build, image] = [steps.slice(0, last), steps.slice(last)];
const get = (instruction: string) =>
  image.find((step) => step.instruction === instruction)?.rest ?? "";

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "absurd-image-"));
  await chmod(folder, 0o755);
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Copies a file of the build context, or a folder without the files excluded by `Dockerfile.dockerignore`. */
async function copy(from: string, to: string): Promise<void> {
  const ignored = (await readFile("deploy/docker/Dockerfile.dockerignore", "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const pattern = line
        .replaceAll(".", "\\.")
        .replace("**/", "(.*/)?")
        .replace(/\*$|\*(?=\\)/, "[^/]*");
      return new RegExp(`^${pattern}$`);
    });
  const isIncluded = (file: string) => !ignored.some((pattern) => pattern.test(file));
  await mkdir(to, { recursive: true });
  if (from !== ".") await cp(from, path.join(to, path.basename(from)));
  else
    for (const name of await readdir("."))
      await cp(name, path.join(to, name), { recursive: true, filter: isIncluded });
}

test("the build's steps create the package in a clean folder", {
  timeout: 900_000,
}, async () => {
  const place = (text: string) => text.replaceAll(/(?<=^|[\s="])\/(src|out)\b/g, `${folder}/$1`);
  const { PATH = "", HOME = "" } = process.env;
  const env: Record<string, string> = { PATH, HOME };
  for (const name of ["npm_config_registry", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"])
    if (process.env[name]) env[name] = process.env[name];
  let cwd = folder;
  for (const { instruction, rest } of build) {
    if (instruction === "WORKDIR") {
      cwd = place(rest);
      await mkdir(cwd, { recursive: true });
    } else if (instruction === "ENV") {
      const [name = "", value = ""] = rest.split("=");
      env[name] = value;
    } else if (instruction === "COPY") {
      const given = rest.split(" ");
      for (const from of given.slice(0, -1)) await copy(from, path.join(cwd, given.at(-1) ?? ""));
    } else if (instruction === "RUN")
      await execa("sh", ["-c", place(rest)], { cwd, env, extendEnv: false });
    else expect(instruction).toBe("FROM");
  }
  expect(await readdir(path.join(folder, "out"))).toEqual(
    expect.arrayContaining(["dist", "sbom.cdx.json", "THIRD-PARTY-NOTICES"]),
  );
});

/** A root with Node where distroless images have it, its libraries, and the image's files. */
async function makeRoot(): Promise<string> {
  const root = path.join(folder, "root");
  const [, source = "", target = ""] = /--from=build \S+ (\S+) (\S+)$/.exec(get("COPY")) ?? [];
  for (const part of ["nodejs/bin", "etc", "proc", "dev", "tmp"])
    await mkdir(path.join(root, part), { recursive: true });
  await cp(process.execPath, path.join(root, "nodejs/bin/node"));
  const { stdout } = await execa("ldd", [process.execPath]);
  for (const [library] of stdout.matchAll(/\/\S+(?= \()/g)) {
    await mkdir(path.dirname(path.join(root, library)), { recursive: true });
    await cp(library, path.join(root, library), { dereference: true });
  }
  await cp(path.join(folder, source), path.join(root, target), { recursive: true });
  await writeFile(path.join(root, "etc/passwd"), "nonroot:x:65532:65532::/nonexistent:/none\n");
  await chown(root, 0, 0);
  return root;
}

test("the image's command serves on a read-only root as its user, and the health check passes", {
  timeout: 120_000,
}, async () => {
  const root = await makeRoot();
  const port = await getPort({ host: "127.0.0.1" });
  const env = Object.fromEntries(
    get("ENV")
      .split(/\s+/)
      .map((pair) => pair.split("=") as [string, string]),
  );
  const [uid = "", gid = ""] = get("USER").split(":");
  const run = (command: string[]) =>
    execa(
      "unshare",
      [
        ...["--mount", "sh", "-c"],
        `set -e
         user=$1; shift
         mount --make-rprivate /
         mount --bind "$0" "$0"
         mount -t proc proc "$0/proc"
         mount --bind /dev "$0/dev"
         mount -o remount,bind,ro "$0"
         ! touch "$0/probe" 2>/dev/null
         exec chroot --userspec="$user" "$0" "$@"`,
        root,
        `${uid}:${gid}`,
        ...command,
      ],
      {
        ...{ extendEnv: false, reject: false, all: true },
        env: {
          ...env,
          PATH: process.env.PATH ?? "",
          PORT: String(port),
          DATABASE_URL: database.url,
          DASHBOARD_TOKEN: "correct-horse-battery-staple",
        },
      },
    );
  const list = (text: string): string[] => JSON.parse(text.slice(text.indexOf("[")));
  const server = run([...list(get("ENTRYPOINT")), ...list(get("CMD"))]);
  try {
    await expect
      .poll(
        async () =>
          (await fetch(`http://127.0.0.1:${port}/api/health/ready`).catch(() => null))?.status,
        { timeout: 60_000 },
      )
      .toBe(200);
    expect((await run(list(get("HEALTHCHECK")))).exitCode).toBe(0);
  } finally {
    server.kill("SIGTERM");
  }
  const { exitCode, all } = await server;
  expect(exitCode, all).toBe(0);
  expect((await run(list(get("HEALTHCHECK")))).exitCode).toBe(1);
});

/** System calls permitted by the filter of a systemd unit, which adds sets and removes those after `~`. */
async function listAllowed(unit: string): Promise<Set<string>> {
  const analyze = await ensureProgram("systemd-analyze", "systemd");
  const { stdout } = await execa(analyze, ["syscall-filter"]);
  const sets = new Map<string, string[]>();
  for (const [, name = "", body = ""] of stdout.matchAll(/^(@[\w-]+)\n((?: .*\n?)*)/gm))
    sets.set(name, body.match(/^ +[@\w-]+$/gm)?.map((line) => line.trim()) ?? []);
  const expand = (name: string): string[] =>
    name.startsWith("@") ? (sets.get(name) ?? []).flatMap(expand) : [name];
  const allowed = new Set(expand("@default"));
  for (const [, removes, names = ""] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm))
    for (const call of names.split(" ").flatMap(expand))
      removes ? allowed.delete(call) : allowed.add(call);
  return allowed;
}

test("the systemd unit permits every system call that the server makes", async () => {
  const strace = await ensureProgram("strace");
  const unit = await readFile("deploy/systemd/absurd-dashboard.service", "utf8");
  const port = await getPort({ host: "127.0.0.1" });
  const log = path.join(folder, "calls");
  const main = path.join(folder, "out/dist/cli/main.mjs");
  const server = execa(strace, ["-f", "-c", "-o", log, process.execPath, main, "serve"], {
    ...{ extendEnv: false, reject: false },
    env: { PATH: process.env.PATH ?? "", PORT: String(port), DATABASE_URL: database.url },
  });
  const address = `http://127.0.0.1:${port}`;
  const get = async (path: string) => (await fetch(`${address}${path}`).catch(() => null))?.status;
  await expect.poll(() => get("/api/health/ready"), { timeout: 60_000 }).toBe(200);
  for (const page of ["/", "/tasks", "/queues", "/api/queues"]) expect(await get(page)).toBe(200);
  // strace ignores signals while it writes to a file, so the server itself is stopped.
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, "utf8");
  process.kill(Number(children.trim().split(" ")[0]), "SIGTERM");
  await server;
  const rows = [...(await readFile(log, "utf8")).matchAll(/^ *[\d.]+ .* (\w+)$/gm)];
  const calls = rows.map(([, name = ""]) => name).filter((name) => name !== "total");
  expect(calls).toContain("accept4");
  const allowed = await listAllowed(unit);
  // Starts Node, which systemd does before the filter applies.
  expect(calls.filter((call) => call !== "execve" && !allowed.has(call))).toEqual([]);
}, 120_000);
