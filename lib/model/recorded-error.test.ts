import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRecordedError, stripTerminalCodes } from "./recorded-error.ts";

const parse = (value: unknown) => parseRecordedError(value, JSON.stringify(value));

test("an error without a message is shown as its value", () => {
  expect(parse({ error: "connection refused" })).toMatchObject({
    name: null,
    message: '{"error":"connection refused"}',
    isValue: true,
  });
  expect(parse({ detail: "Not found." }).message).toBe('{"detail":"Not found."}');
  expect(parse(["a", 1]).message).toBe('["a",1]');
  expect(parse(503).message).toBe("503");
  expect(parse(null).message).toBe("null");
  expect(parse({ name: "E", message: { a: 1 } })).toMatchObject({ name: "E", isValue: true });
  expect(parse("disk full")).toMatchObject({ message: "disk full", isValue: false });
});

test("causes, aggregated errors, codes and traces given as lists of lines are kept", () => {
  const error = parse({
    name: "AggregateError",
    message: "all failed",
    code: "EALL",
    stack: ["at a", "at b"],
    cause: { message: "outer", cause: { name: "Root", message: "inner", code: 7 } },
    errors: [{ message: "one" }, "two"],
  });
  expect(error).toMatchObject({ code: "EALL", trace: "at a\nat b" });
  expect(error.cause).toMatchObject({ message: "outer" });
  expect(error.cause?.cause).toMatchObject({ name: "Root", message: "inner", code: "7" });
  expect(error.errors.map(({ message }) => message)).toEqual(["one", "two"]);
});

test("terminal codes are removed, other brackets stay", () => {
  expect(stripTerminalCodes("\u001b[31mTimeout\u001b[0m after [31m]")).toBe("Timeout after [31m]");
  expect(stripTerminalCodes("\u001b]8;;https://x\u0007link\u001b]8;;\u0007!")).toBe("link!");
  expect(stripTerminalCodes("\u001b]0;title\u001b\\rest")).toBe("rest");
  expect(stripTerminalCodes("\u009b1;2Hx")).toBe("x");
  expect(
    stripTerminalCodes('{"a":"\\u001b]8;;https://x\\u0007link\\u001b]8;;\\u0007","b":1}'),
  ).toBe('{"a":"link","b":1}');
  // Without a terminator nothing says where the title ends.
  expect(stripTerminalCodes("\u001b]0;Timeout \u001b[31mred")).toBe("]0;Timeout red");
  expect(stripTerminalCodes("\u009d0;Timeout")).toBe("0;Timeout");
  expect(stripTerminalCodes('{"a":"\\u001b[31mred"}')).toBe('{"a":"red"}');
  expect(parse({ message: "\u001b[31mRefused" }).message).toBe("Refused");
});

test("terminal codes are removed in linear time", () => {
  for (const start of ["\u001b]", "\\u001b]", "\u009d", "\u001b[0"])
    expect(
      stripTerminalCodes(`${start.repeat(20_000)}\nlast`)
        .split("\n")
        .at(-1),
    ).toBe("last");
});

test("every JSON shape parses, and no escape character is left", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const error = parse(value);
      expect(error.message).not.toContain("\u001b");
    }),
  );
});
