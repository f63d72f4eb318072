/**
 * Part of `npm run check`: rejects turns of phrase that readers have to read twice. The list holds phrases that this
 * repository has contained; docs/language.md has the rules and the glossary behind it. With arguments, only files whose
 * path starts with one of them are checked.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A turn of phrase and its replacement. Patterns are matched case-insensitively within one line. */
const TURNS: readonly [pattern: RegExp, instead: string][] = [
  [/\banew\b/, "again"],
  [/\bwhoever\b/, "name the subject"],
  [/\bmeanwhile\b/, "since, in between, or nothing"],
  [/\bso (many|long)\b(?! as\b| that\b)/, "name the number: limit, threshold, at most"],
  [/\b(is|are|was|were) told\b/, "shows, reports, receives"],
  [/\btells (how|what|whether|why|which|apart|that)\b/, "shows, states, distinguishes"],
  [/\b(is|are|was|were|be) asked for\b/, "requested"],
  [/\bput aside\b/, "deferred"],
  [/\bmade ahead\b/, "created ahead"],
  [/\bgone by\b/, "elapsed"],
  [/\blet through\b/, "resumed, allowed"],
  [/\bto be had\b/, "available"],
  [/\bknows of\b/, "has"],
  [/\bwhat nobody\b/, "name the thing"],
  [/\/\*\* of (an?|the|two|several)\b/, "start with the subject"],
  [/(?<!the )\b(in|out)side of\b/, "inside, outside"],
  [/@throws\b.*\bwhat \S+ throws\b/, "the errors of …"],
  [/\bfor ever\b/, "forever, or without a limit"],
  [/\btime-outs?\b/, "timeout"],
  [/\bclaimable\b/, "ready"],
  [/\bcan be (told|asked)\b/, "can be distinguished, can be queried"],
  [/\bstands? (for|beside|behind|in for)\b/, "is, represents, follows"],
  [/\bout of (the )?reach\b/, "unavailable"],
  [/\bhere and there\b/, "in places"],
  [/\bby hand of\b/, "by"],
  [/\bof (its|their|his) own accord\b/, "automatically"],
  [/\bcomes? of it\b/, "results"],
  [/\band nothing runs\b/, "no consumer"],
  [
    /\b(any|every)body\b|(?<!["'])\bsomebody\b(?!["'])/,
    "anyone, everyone, a person, or name the subject",
  ],
  [/\banother than\b/, "other than, different from"],
  [/\btable twins?\b/, "the same data as a table"],
  [/\bgives? back\b/, "returns, releases"],
  [/\b(is|are|was|were) away\b/, "unreachable"],
  [/\bsays so\b/, "reports, shows, or nothing"],
];

/**
 * Files that keep their words: released SQL is append-only, the LICENSE isn't ours, and recordings are data. This file
 * and docs/language.md name the turns.
 */
const EXEMPT =
  /^(drizzle\/engine\/00(0\d|10|13)_|drizzle\/dashboard\/000[0-3]_|LICENSE$|package-lock\.json$|scripts\/check-language\.ts$|docs\/language\.md$|testing\/recordings\/.*\.json$|.*\/fixtures\/)/;
const TEXT = /\.(tsx?|mjs|cjs|js|sql|md|css)$/;

/** Lines in which a listed turn is right, each with its reason. */
const EXCEPTIONS: readonly [file: string, words: string, why: string][] = [
  [
    "drizzle/dashboard/0006_identity.sql",
    "Everybody who came in",
    "an applied migration keeps its text",
  ],
  ["drizzle/dashboard/0006_identity.sql", "and everybody.", "an applied migration keeps its text"],
  [
    "drizzle/dashboard/0006_identity.sql",
    "waited for by somebody",
    "an applied migration keeps its text",
  ],
];

const used = new Set<string>();
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  encoding: "utf8",
}).split("\n");
const roots = process.argv.slice(2);
const isChecked = (file: string) =>
  TEXT.test(file) &&
  !EXEMPT.test(file) &&
  (roots.length === 0 || roots.some((root) => file.startsWith(root)));
let found = 0;
for (const file of files.filter(isChecked)) {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    continue; // Deleted in the working tree.
  }
  for (const [index, line] of text.split("\n").entries())
    for (const [pattern, instead] of TURNS) {
      const match = new RegExp(pattern, "i").exec(line);
      if (!match) continue;
      const exception = EXCEPTIONS.find(([name, words]) => name === file && line.includes(words));
      if (exception) {
        used.add(`${exception[0]} ${exception[1]}`);
        continue;
      }
      found += 1;
      console.log(`${file}:${index + 1}: "${match[0]}": write ${instead}.\n    ${line.trim()}`);
    }
}
for (const [file, words] of EXCEPTIONS)
  if (isChecked(file) && !used.has(`${file} ${words}`)) {
    found += 1;
    console.log(`${file}: the exception "${words}" is no longer needed.`);
  }
if (found > 0) console.log(`\n${found} turns of phrase to replace; docs/language.md says how.`);
process.exitCode = found === 0 ? 0 : 1;
