import type { Iso } from "@/lib/model/instants";

/** A type with its dates as instants, for the browser. */
export type WithInstants<T> = T extends Date
  ? Iso
  : T extends (infer Item)[]
    ? WithInstants<Item>[]
    : T extends object
      ? { [Key in keyof T]: WithInstants<T[Key]> }
      : T;
