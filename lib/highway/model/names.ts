const NAME = /^[a-z][a-z0-9_]*$/;
const VERSION = /^[a-zA-Z0-9._-]+$/;
const RESERVED = "cannot contain '__' (double underscore) - it's reserved as a separator";

/** What is wrong with a workflow's name, in the words of the Python package; `undefined` for a valid one. */
export function checkName(name: string): string | undefined {
  if (name.includes("__")) return `Workflow name '${name}' ${RESERVED}`;
  if (NAME.test(name)) return undefined;
  return `Workflow name '${name}' must start with lowercase letter and contain only lowercase letters, digits, and single underscores`;
}

/** What is wrong with a workflow's version, in the words of the Python package; `undefined` for a valid one. */
export function checkVersion(version: string): string | undefined {
  if (version.includes("__")) return `Workflow version '${version}' ${RESERVED}`;
  if (VERSION.test(version)) return undefined;
  return `Workflow version '${version}' must contain only alphanumeric characters, dots, hyphens, and underscores (semver compatible)`;
}
