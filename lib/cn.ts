import { type ClassValue, clsx } from "clsx";

/** Joins class names; falsy ones drop out. Later classes do not override earlier ones: variants must not overlap. */
export function cn(...values: ClassValue[]): string {
  return clsx(values);
}
