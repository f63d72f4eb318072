import { isCron } from "../cron.ts";
import type { Place } from "../fields.ts";
import type { Workflow } from "../workflow.ts";

const NAME = /^[a-z][a-z0-9_]*$/;
const VERSION = /^[a-zA-Z0-9._-]+$/;
const RESERVED = "cannot contain '__' (double underscore) - it's reserved as a separator";

/** The first thing that is wrong with a workflow's name, in the words of the original. */
export function checkName(name: string): string | undefined {
  if (name.includes("__")) return `Workflow name '${name}' ${RESERVED}`;
  if (NAME.test(name)) return undefined;
  return `Workflow name '${name}' must start with lowercase letter and contain only lowercase letters, digits, and single underscores`;
}

/** The first thing that is wrong with a workflow's version, in the words of the original. */
export function checkVersion(version: string): string | undefined {
  if (version.includes("__")) return `Workflow version '${version}' ${RESERVED}`;
  if (VERSION.test(version)) return undefined;
  return `Workflow version '${version}' must contain only alphanumeric characters, dots, hyphens, and underscores (semver compatible)`;
}

/** Reports what a workflow says of itself and must not. */
export function checkHead(workflow: Workflow, place: Place): void {
  const name = checkName(workflow.name);
  if (name) place.member("name").error("name", name, "such as order_intake");
  const version = checkVersion(workflow.version);
  if (version) place.member("version").error("version", version, 'such as "1.0.0"');
  if (workflow.schedule !== null && !isCron(workflow.schedule))
    place
      .member("schedule")
      .error(
        "bad_cron",
        `'${workflow.schedule}' is not a cron expression of five fields`,
        'minute hour day month weekday, such as "15 6 * * 1-5"',
      );
  if (workflow.max_active_runs < 1)
    place.member("max_active_runs").error("max_active_runs", "must be at least 1");
}
