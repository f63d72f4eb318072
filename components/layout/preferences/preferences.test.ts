import { expect, test } from "vitest";
import { parsePreferences, parseZone } from "./preferences";

const parse = (cookies: Record<string, string>) => parsePreferences((name) => cookies[name]);

test("a missing or invalid preference falls back to its default", () => {
  const defaults = { theme: "system", zone: "UTC", refresh: 5, keys: "on" };
  expect(parse({})).toEqual(defaults);
  expect(parse({ theme: "pink", zone: "Nowhere/Land", refresh: "1", keys: "maybe" })).toEqual(
    defaults,
  );
  expect(parse({ zone: "%E0%A4%A" })).toEqual(defaults);
});

test("a stored preference is parsed", () => {
  expect(parse({ theme: "dark", zone: "Europe%2FBerlin", refresh: "0", keys: "off" })).toEqual({
    theme: "dark",
    zone: "Europe/Berlin",
    refresh: 0,
    keys: "off",
  });
});

test("UTC is accepted in any case", () => {
  expect(["utc", "UTC", "Utc"].map(parseZone)).toEqual(["UTC", "UTC", "UTC"]);
  expect(["", "local", "../etc/passwd", null, undefined].map(parseZone)).toEqual(
    Array(5).fill(null),
  );
});
