import { isTimeZone } from "@/lib/format";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Seconds between two reads; 0 is off. */
export const REFRESH_SECONDS = [0, 2, 5, 15] as const;
export type RefreshSeconds = (typeof REFRESH_SECONDS)[number];

export const SINGLE_KEYS = ["on", "off"] as const;

/** What a reader chose. Kept in cookies, so that the server's first paint already follows it. */
export type Preferences = {
  theme: Theme;
  zone: string;
  refresh: RefreshSeconds;
  /** Whether keys act without Ctrl or Cmd. */
  keys: (typeof SINGLE_KEYS)[number];
};

/** Reads preferences from cookies; what is missing or damaged falls back. */
export function readPreferences(cookie: (name: string) => string | undefined): Preferences {
  return {
    theme: THEMES.find((theme) => theme === cookie("theme")) ?? "system",
    zone: readZone(decode(cookie("zone"))) ?? "UTC",
    refresh: REFRESH_SECONDS.find((seconds) => `${seconds}` === cookie("refresh")) ?? 5,
    keys: SINGLE_KEYS.find((keys) => keys === cookie("keys")) ?? "on",
  };
}

/** The time zone a text names; `null` when it names none. */
export function readZone(text: string | null | undefined): string | null {
  if (!text || !isTimeZone(text)) return null;
  return text.toLowerCase() === "utc" ? "UTC" : text;
}

function decode(value: string | undefined): string | undefined {
  try {
    return value && decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Keeps one preference for a year, in this browser. */
export function keepPreference(name: keyof Preferences, value: string | number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every supported browser
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax`;
}
