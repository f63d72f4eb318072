import { expect, test } from "vitest";
import { readPreferences, readZone } from "./preferences";

const read = (cookies: Record<string, string>) => readPreferences((name) => cookies[name]);

test("what was never chosen, or is damaged, falls back", () => {
  const usual = { theme: "system", zone: "UTC", refresh: 5, keys: "on" };
  expect(read({})).toEqual(usual);
  expect(read({ theme: "pink", zone: "Nowhere/Land", refresh: "1", keys: "maybe" })).toEqual(usual);
  expect(read({ zone: "%E0%A4%A" })).toEqual(usual);
});

test("what was chosen is read back", () => {
  expect(read({ theme: "dark", zone: "Europe%2FBerlin", refresh: "0", keys: "off" })).toEqual({
    theme: "dark",
    zone: "Europe/Berlin",
    refresh: 0,
    keys: "off",
  });
});

test("UTC may be written in any case", () => {
  expect(["utc", "UTC", "Utc"].map(readZone)).toEqual(["UTC", "UTC", "UTC"]);
  expect(["", "local", "../etc/passwd", null, undefined].map(readZone)).toEqual(
    Array(5).fill(null),
  );
});
