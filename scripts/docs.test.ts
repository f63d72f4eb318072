/** The documentation agrees with the product: its links lead somewhere, and its messages exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parseEnvironment } from "@/lib/db/env";
import { parseConfig } from "@/server/settings";

const FOLDERS = ["app", "components", "lib", "server", "bin", "demo", "examples", "bench"];

function listFiles(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const DOCUMENTS = [
  ...readdirSync(".").filter((file) => file.endsWith(".md")),
  ...["docs", "scripts", ...FOLDERS].flatMap((folder) => listFiles(folder, /\.md$/)),
];

/** The anchors of a document's headings, as GitHub derives them. */
function listAnchors(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(DOCUMENTS)("every link in %s leads to a file, and to a heading in it", (document) => {
  const text = readFileSync(document, "utf8").replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "");
  const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? document : path.join(path.dirname(document), target);
    if (!existsSync(file)) return [link];
    return anchor === undefined || listAnchors(file).includes(anchor) ? [] : [link];
  });
  expect(broken).toEqual([]);
});

/** Parts of a message that don't vary: without names of settings, numbers, names in quotes, and marks of omission. */
const listFixedParts = (message: string) =>
  message
    .split(/\b[A-Z]+_[A-Z_]+\b|\d[\d.:]*|"[^"]*"|…/)
    .filter((part) => /\w{3,}\W+\w+/.test(part));

test.each(["troubleshooting", "proxies"])("every message in %s.md exists in the code", (name) => {
  const sources = ["proxy.ts"]
    .concat(...FOLDERS.map((folder) => listFiles(folder, /(?<!\.test)\.(tsx?|mjs)$/)))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const document = readFileSync(`docs/operations/${name}.md`, "utf8");
  const messages = [...document.matchAll(/^\| (?:\d{3} )?`([^`]+)`/gm)].map(
    ([, message = ""]) => message,
  );
  expect(messages.length).toBeGreaterThan(0);
  const unknown = messages.filter(
    (message) => !listFixedParts(message).every((part) => sources.includes(part.trim())),
  );
  expect(unknown).toEqual([]);
});

test.each(["install", "several-databases"])("the configuration in %s.md can be used", (name) => {
  const document = readFileSync(`docs/operations/${name}.md`, "utf8");
  const files = [...document.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  expect(files.length).toBeGreaterThan(0);
  for (const text of files)
    parseEnvironment(parseConfig(text.replaceAll("…", "name:secret@host"), `${name}.md`));
});
