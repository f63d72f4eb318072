import { parseJson } from "@/lib/absurd/connection/json";
import type { Json } from "@/lib/model/json";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import { containsMask, isSamePlace, listMasked, type MaskedValue, parseMask } from "./redact";
import { enterPlace, isRedacting, type Place, type RedactionRules, rootPlace } from "./rules";
import type { StepChain } from "./walk";

/** A mask at a place where no redacted value can be restored. The message has the place and no value. */
export class MisplacedMaskError extends Error {
  override readonly name = "MisplacedMaskError";
}

/**
 * Replaces the masks in an edited document by the redacted values of the original. A mask is accepted only where
 * its value stays redacted for everyone: at its original place, or under a key that the patterns redact. So a
 * value cannot be revealed by moving its mask, and a mask is never stored. A place is its steps: an index and a
 * key of the same digits differ. Other requests are served in between.
 *
 * @param edited is modified.
 * @param original the text before redaction; `null` if there is none, and then no mask is accepted.
 * @throws MisplacedMaskError for a mask that is not accepted.
 */
export function restoreRedacted(
  rules: RedactionRules,
  root: string,
  edited: Json,
  original: string | null,
): Promise<Json> {
  return workInTurns(restoreGradually(rules, root, edited, original));
}

/** The number of places to check before a pause. */
const STRETCH = 1_000;

function* restoreGradually(
  rules: RedactionRules,
  root: string,
  edited: Json,
  original: string | null,
): Pausing<Json> {
  if (!isRedacting(rules)) return edited;
  const masked = original === null ? [] : yield* listMasked(rules, root, original);
  // Without payloads every place is redacted for this viewer, but not for others.
  const patterns = { ...rules, everything: false };
  const document: { value: Json } = { value: edited };
  const places: Visit[] = [
    { holder: document, key: "value", place: rootPlace(patterns, root), at: null },
  ];
  let visited = 0;
  for (let visit = places.pop(); visit; visit = places.pop()) {
    if (++visited % STRETCH === 0) yield;
    const { holder, key, place, at } = visit;
    const value = holder[key] as Json;
    if (typeof value === "string") {
      if (containsMask(value)) holder[key] = unmask(masked, value, visit);
    } else if (Array.isArray(value))
      for (const index of value.keys())
        places.push({
          holder: value as unknown as Holder,
          key: index,
          place: enterPlace(patterns, place, index),
          at: { step: index, outer: at },
        });
    else if (typeof value === "object" && value !== null)
      for (const name of Object.keys(value))
        places.push({
          holder: value,
          key: name,
          place: enterPlace(patterns, place, name),
          at: { step: name, outer: at },
        });
  }
  return document.value;
}

type Holder = Record<string | number, Json>;
type Visit = { holder: Holder; key: string | number; place: Place; at: StepChain };

function unmask(masked: readonly MaskedValue[], text: string, { place, at }: Visit): Json {
  const found = masked[(parseMask(text) ?? 0) - 1];
  if (found && (place.verdict === "redacted" || isSamePlace(found.at, at)))
    return parseJson(found.text);
  const where = formatPlace(at);
  throw new MisplacedMaskError(
    found
      ? `The redacted value at ${where} was moved to where it would be visible.`
      : `There is a mask at ${where}, but no redacted value to restore.`,
  );
}

function formatPlace(at: StepChain): string {
  const steps: string[] = [];
  for (let one = at; one; one = one.outer) steps.unshift(String(one.step));
  return steps.join(".") || "the whole value";
}
