/** Repeatable randomness: the same seed gives the same sequence. Not for secrets. */
export type Random = {
  /** A number in [0, 1). */
  unit: () => number;
  /** An integer between the bounds, inclusive. */
  int: (min: number, max: number) => number;
  chance: (probability: number) => boolean;
  /** An element of the list, which must not be empty. */
  pick: <T>(list: readonly T[]) => T;
  /** Exponentially distributed around a mean, like the gaps between independent arrivals. */
  gap: (mean: number) => number;
  /** Lower-case hexadecimal digits. */
  hex: (digits: number) => string;
  /** A version 4 UUID. */
  uuid: () => string;
};

/** A generator (mulberry32) seeded with a text. */
export function createRandom(seed: string): Random {
  let state = 2166136261;
  for (const character of seed)
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  const unit = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(unit() * 16).toString(16)).join("");
  return {
    unit,
    int: (min, max) => min + Math.floor(unit() * (max - min + 1)),
    chance: (probability) => unit() < probability,
    pick: <T>(list: readonly T[]) => list[Math.floor(unit() * list.length)] as T,
    gap: (mean) => -Math.log(1 - unit()) * mean,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
