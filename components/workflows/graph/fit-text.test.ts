import { expect, test } from "vitest";
import { fitText } from "./fit-text";

/** 10 pixels per letter, 20 per East Asian character or emoji, 0 for joiners. */
const measure = (text: string) =>
  [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].reduce(
    (sum, { segment }) =>
      sum + ((segment.codePointAt(0) ?? 0) >= 0x1100 && segment !== "…" ? 20 : 10),
    0,
  );
const shorten = (text: string, room: number) => fitText(text, room, "name", measure);

test.each([
  ["short", 200, "short"],
  ["exactly_ten", 110, "exactly_ten"],
  ["a_name_that_is_too_long", 100, "a_name_th…"],
  ["日本語のとても長い名前", 100, "日本語の…"],
  ["ab日本", 60, "ab日本"],
  ["a name that ends in a blank", 70, "a name…"],
  ["two\nlines", 200, "two lines"],
  ["nothing fits", 5, "…"],
])("%j in %i pixels is %j", (text, room, shown) => {
  expect(shorten(text, room)).toBe(shown);
});

test("graphemes of several code points are not split", () => {
  const family = "👩‍👩‍👧‍👦";
  expect(shorten(`${family}${family}${family}`, 50)).toBe(`${family}${family}…`);
  expect(shorten("e\u0301e\u0301e\u0301e\u0301", 30)).toBe("e\u0301e\u0301…");
  expect(shorten("🇩🇪🇫🇷🇯🇵🇧🇷", 50)).toBe("🇩🇪🇫🇷…");
});

test("right-to-left text is isolated", () => {
  expect(shorten("مراجعة_الطلب", 60)).toBe("\u2068مراجع…\u2069");
  expect(shorten("בדיקה", 100)).toBe("\u2068בדיקה\u2069");
  expect(shorten("review", 100)).toBe("review");
});

test("very long text is truncated like any other", () => {
  expect(shorten("x".repeat(20_000), 100)).toBe(`${"x".repeat(9)}…`);
});
