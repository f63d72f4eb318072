import { isTimeZone } from "@/lib/format";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Refetch interval in seconds; 0 means off. */
export const REFRESH_SECONDS = [0, 2, 5, 15] as const;
export type RefreshSeconds = (typeof REFRESH_SECONDS)[number];

export const SINGLE_KEYS = ["on", "off"] as const;

/** User preferences, stored in cookies so that the server's first render can apply them. */
export type Preferences = {
  theme: Theme;
  zone: string;
  refresh: RefreshSeconds;
  /** Single-key shortcuts. */
  keys: (typeof SINGLE_KEYS)[number];
};

/** Parses preferences from cookies. A missing or invalid value falls back to its default. */
export function parsePreferences(cookie: (name: string) => string | undefined): Preferences {
  return {
    theme: THEMES.find((theme) => theme === cookie("theme")) ?? "system",
    zone: parseZone(decodeCookie(cookie("zone"))) ?? "UTC",
    refresh: REFRESH_SECONDS.find((seconds) => `${seconds}` === cookie("refresh")) ?? 5,
    keys: SINGLE_KEYS.find((keys) => keys === cookie("keys")) ?? "on",
  };
}

/** Parses a time zone name; `null` if there is no such zone. `UTC` is accepted in any case. */
export function parseZone(text: string | null | undefined): string | null {
  if (!text || !isTimeZone(text)) return null;
  return text.toLowerCase() === "utc" ? "UTC" : text;
}

function decodeCookie(value: string | undefined): string | undefined {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Stores one preference in a cookie for a year. */
export function storePreference(name: keyof Preferences, value: string | number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every supported browser
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
}
