import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../lib/analytics", import.meta.url));

/**
 * Names of all read functions of `lib/analytics`: exported functions that take `ReadOptions` and open their own
 * snapshot. Parsed from the sources, so that no list has to be maintained.
 */
export function listReadFunctions(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const source = readFileSync(path.join(FOLDER, file), "utf8");
      const heads = source.matchAll(
        /^export (?:async )?function\*? (\w+)(?:<[^>]*>)?\(((?:(?!\n\})[\s\S])*?)\n?\): (?:Promise|AsyncGenerator)</gm,
      );
      return [...heads].flatMap(([, name, parameters]) =>
        name && parameters?.includes("ReadOptions") && !/\bdb: Database|\bread: \(/.test(parameters)
          ? [name]
          : [],
      );
    })
    .sort();
}
