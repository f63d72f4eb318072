import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PREVIEWS } from "@/lib/actions/previews/previews";
import type { ActionResult } from "@/lib/actions/result";

/** An action or a preview as a test of all of them calls it. */
export type AnyAction = (input: unknown) => Promise<ActionResult<unknown>>;

/**
 * Every server action by its name, and every preview as `preview <name>`: one that is added is tested without being
 * listed.
 */
export async function listActions(): Promise<Map<string, AnyAction>> {
  const folder = path.join(import.meta.dirname, "../lib/actions");
  const actions = new Map<string, AnyAction>();
  for (const file of readdirSync(folder)) {
    const place = path.join(folder, file);
    if (!file.endsWith(".ts") || !readFileSync(place, "utf8").startsWith('"use server"')) continue;
    for (const [name, value] of Object.entries(await import(/* @vite-ignore */ place)))
      actions.set(name, value as AnyAction);
  }
  for (const [name, preview] of Object.entries(PREVIEWS))
    actions.set(`preview ${name}`, preview as AnyAction);
  return actions;
}
