import { type ClassValue, clsx } from "clsx";

/**
 * Joins class names, dropping falsy ones. Later classes do not override earlier ones: variants must not overlap.
 */
export function cn(...values: ClassValue[]): string {
  return clsx(values);
}
