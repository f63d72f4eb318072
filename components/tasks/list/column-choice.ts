"use client";
import { createParser, parseAsArrayOf, parseAsStringLiteral, useQueryStates } from "nuqs";
import { LEAVING } from "./task-columns";

/** The least and the most that a column can be dragged to, in pixels. */
export const LEAST = 60;
export const MOST = 900;

type Widths = { readonly [key: string]: number };

/** `worker:220,queue:180`; what is malformed is left out. */
export const parseAsWidths = createParser<Widths>({
  parse: (text) =>
    Object.fromEntries(
      text.split(",").flatMap((part) => {
        const [, key, pixels] = /^([^:]+):(\d{1,4})$/.exec(part) ?? [];
        return key && pixels ? [[decode(key), clamp(Number(pixels))]] : [];
      }),
    ),
  serialize: (widths) =>
    Object.entries(widths)
      .map(([key, pixels]) => `${encodeURIComponent(key)}:${pixels}`)
      .join(","),
  eq: (one, other) => JSON.stringify(one) === JSON.stringify(other),
}).withDefault({});

const parsers = {
  /** Columns that every list has and that a person does not want. */
  hide: parseAsArrayOf(parseAsStringLiteral(LEAVING)).withDefault([]),
  widths: parseAsWidths,
};

/** What a person changed about the columns of the list. It is in the address, so a link shows the same table. */
export function useColumnChoice() {
  const [{ hide, widths }, set] = useQueryStates(parsers);
  return {
    hidden: hide,
    widths,
    toggle: (key: (typeof LEAVING)[number]) =>
      set({ hide: hide.includes(key) ? hide.filter((one) => one !== key) : [...hide, key] }),
    /** Sets the width in pixels; `null` lets the column follow its longest text again. */
    resize: (key: string, pixels: number | null) => {
      const { [key]: _, ...others } = widths;
      set({ widths: pixels === null ? others : { ...others, [key]: clamp(pixels) } });
    },
  };
}

export type ColumnChoice = ReturnType<typeof useColumnChoice>;

function clamp(pixels: number): number {
  return Math.min(Math.max(Math.round(pixels), LEAST), MOST);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
