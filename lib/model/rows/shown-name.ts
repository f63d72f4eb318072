/** The number of characters of a name that lists show: the engine accepts names of any length. */
export const SHOWN_NAME = 500;

/**
 * Whether a list has cut this name of a task, worker or event: a cut name, with three dots and a digest, is the only longer one.
 * It is no value to filter by or to act on.
 */
export function isCutName(name: string): boolean {
  return name.length > SHOWN_NAME && [...name].length > SHOWN_NAME;
}

/** A cut name without its dots, and the digest of the whole name. */
export function splitCutName(name: string): { start: string; digest: string } {
  const [, start = name, digest = ""] = /^(.*)\.\.\. (#\w+)$/s.exec(name) ?? [];
  return { start, digest };
}

/** Why a cut name has no link to its tasks. */
export const CUT_NAME =
  "Lists cut names of more than 500 characters, so this one can't be filtered by. Its tasks show the whole name.";
