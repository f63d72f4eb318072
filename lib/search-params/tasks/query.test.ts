import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TASK_STATES } from "@/lib/model/states";
import {
  COMPARISONS,
  formatCondition,
  formatPath,
  jsonCandidates,
  PATH_SOURCES,
  parseCondition,
  parsePath,
} from "./conditions";
import {
  formatTaskQuery,
  listWords,
  mergeQueries,
  NO_QUERY,
  parseTaskQuery,
  type TaskQuery,
  withoutWord,
} from "./query";

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("\0"));
const bare = fc.string({ unit: "grapheme" }).filter((value) => /^[^\s"\0]\S*$/.test(value));
const path = fc.record({
  source: fc.constantFrom(...PATH_SOURCES),
  steps: fc.array(fc.option(fc.oneof(text, fc.constant("")), { nil: null })),
});
const condition = fc
  .record({
    path,
    comparison: fc.constantFrom(...COMPARISONS),
    value: fc.oneof(
      fc.record({ text: fc.oneof(text, fc.constant("")), quoted: fc.constant(true) }),
      fc.record({ text: bare, quoted: fc.constant(false) }),
    ),
  })
  // `>` and then `=5` would be written as `>=` and `5`.
  .filter(({ comparison, value }) => !/^[<>]$/.test(comparison) || !value.text.startsWith("="))
  // Part of an error is matched by `error:`, which isn't a path.
  .filter((one) => one.path.source !== "error" || one.path.steps.length > 0);
const list = fc.uniqueArray(text);
const query: fc.Arbitrary<TaskQuery> = fc.record({
  queue: list,
  state: fc.uniqueArray(fc.constantFrom(...TASK_STATES)),
  name: list,
  id: fc.option(fc.stringMatching(/^[0-9a-f]{2,8}$/)),
  attempts: fc.uniqueArray(
    fc.record({ comparison: fc.constantFrom(...COMPARISONS), count: fc.nat(999_999_999) }),
    { selector: (item) => JSON.stringify(item) },
  ),
  worker: list,
  tenant: list,
  idempotency: list,
  checkpoint: list,
  any: list,
  error: list,
  where: fc.uniqueArray(condition, { selector: formatCondition }),
});

describe("formatting and parsing are inverse for", () => {
  test("paths", () => {
    fc.assert(
      fc.property(path, (one) => {
        expect(parsePath(formatPath(one))).toEqual(one);
      }),
    );
  });
  test("conditions", () => {
    fc.assert(
      fc.property(condition, (one) => {
        expect(parseCondition(formatCondition(one))).toEqual(one);
      }),
    );
  });
  test("queries", () => {
    fc.assert(
      fc.property(query, (one) => {
        expect(parseTaskQuery(formatTaskQuery(one))).toEqual({ query: one, problems: [] });
      }),
    );
  });
});

test("any text is parsed, and the position of every problem is within it", () => {
  const signs = fc.constantFrom(
    ...'params.error.state:><="[]\\ name attempts 42'.split(""),
    "params.",
    "any:",
    "error:",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(signs).map((parts) => parts.join("")),
      ),
      (typed) => {
        const { query: parsed, problems } = parseTaskQuery(typed);
        expect(parseTaskQuery(formatTaskQuery(parsed)).query).toEqual(parsed);
        for (const { from, to, message } of problems) {
          expect(message).not.toBe("");
          expect(from).toBeLessThan(to);
          expect(to).toBeLessThanOrEqual(typed.length);
        }
      },
    ),
  );
});

test("terms are removed and added again", () => {
  fc.assert(
    fc.property(query, (one) => {
      for (const word of listWords(one)) {
        const rest = withoutWord(one, word);
        expect(listWords(rest)).toHaveLength(listWords(one).length - 1);
        const back = mergeQueries(rest, parseTaskQuery(word.text).query);
        expect(
          listWords(back)
            .map((part) => part.text)
            .sort(),
        ).toEqual(
          listWords(one)
            .map((part) => part.text)
            .sort(),
        );
      }
    }),
  );
});

const where = (value: string) => ({ where: [parseCondition(value)] });

test.each<[string, Partial<TaskQuery>]>([
  ["state:failed,running", { state: ["failed", "running"] }],
  ["name:a,b name:c", { name: ["a,b", "c"] }],
  ['name:"two words"', { name: ["two words"] }],
  ["id:01A2f6", { id: "01a2f6" }],
  [
    "attempts>2 attempts:5",
    {
      attempts: [
        { comparison: ">", count: 2 },
        { comparison: ":", count: 5 },
      ],
    },
  ],
  ["attempts=3", { attempts: [{ comparison: ":", count: 3 }] }],
  ["worker:w-1 tenant:acme", { worker: ["w-1"], tenant: ["acme"] }],
  ["params.order.id:42", where("params.order.id:42")],
  ["params.url:https://x.test/?a=b", where("params.url:https://x.test/?a=b")],
  [
    'result.total>=100 headers."a.b":x',
    {
      where: [parseCondition("result.total>=100"), parseCondition('headers."a.b":x')].flatMap(
        (one) => one ?? [],
      ),
    },
  ],
  ["params.items[].sku:a1", where("params.items[].sku:a1")],
  ["error.name:TimeoutError", where("error.name:TimeoutError")],
  ["error:timeout", { error: ["timeout"] }],
  ["checkpoint:reserve-stock", { checkpoint: ["reserve-stock"] }],
  ["charge-card", { name: ["charge-card"] }],
  ["result-mailer", { any: ["result-mailer"] }],
  ["any:ada@example.com", { any: ["ada@example.com"] }],
  ['"gateway did not answer"', { any: ["gateway did not answer"] }],
  ["  ", {}],
] as [string, Partial<TaskQuery>][])("%s is understood", (typed, understood) => {
  expect(parseTaskQuery(typed, (word) => word === "charge-card")).toEqual({
    query: { ...NO_QUERY, ...understood },
    problems: [],
  });
});

test.each([
  [
    "state:broken",
    "Unknown state broken. States: pending, running, sleeping, completed, failed, cancelled",
    0,
    12,
  ],
  ["name:a state:", "state needs a value: state:failed,running", 7, 13],
  ["id:xyz", "An id prefix needs at least two hex digits: id:01a2f6", 0, 6],
  ["attempts:many", "attempts needs a whole number: attempts:3 or attempts>2", 0, 13],
  [
    "params.order.id",
    "params.order.id needs a value: params.order.id:42 or params.order.id>100",
    0,
    15,
  ],
  [
    "params.order.id:",
    "params.order.id needs a value: params.order.id:42 or params.order.id>100",
    0,
    16,
  ],
  [
    "params..id:1",
    "params..id:1 is not a path; keys with special characters need quotation marks",
    0,
    12,
  ],
  ['params.a:"b', "Quotation mark after params.a not closed", 0, 11],
  ['name:"b', "Quotation mark after name not closed", 0, 7],
  ["name>b", "name cannot be compared with >", 0, 6],
  ['"b', "Quotation mark not closed, or text directly after it", 0, 2],
  ['""', "any needs a value: any:order-42", 0, 2],
  ['name:"a\\u0000"', "The value contains a character that PostgreSQL cannot store", 0, 14],
])("%s: %s", (typed, message, from, to) => {
  expect(parseTaskQuery(typed).problems).toEqual([{ message, from, to }]);
});

test("an unknown key is reported with the known ones", () => {
  const [problem] = parseTaskQuery("TimeoutError: gateway").problems;
  expect(problem?.message).toMatch(
    /^Unknown key TimeoutError\. Keys: state, name, .*quotation marks$/,
  );
});

test("an equal value may be a literal or a string with the same characters, digit by digit", () => {
  const candidates = (value: string) => jsonCandidates({ text: value, quoted: false });
  expect(candidates("42")).toEqual(["42", '"42"']);
  expect(candidates("12345678901234567890.10")).toEqual([
    "12345678901234567890.10",
    '"12345678901234567890.10"',
  ]);
  expect(candidates("null")).toEqual(["null", '"null"']);
  for (const word of ["042", "1e9999", "NaN", "+1", ".5", "acme"])
    expect(candidates(word)).toEqual([`"${word}"`]);
  expect(jsonCandidates({ text: "42", quoted: true })).toEqual(['"42"']);
});

test("queries whose lists are one and the same list are merged key by key", () => {
  const nothing: string[] = [];
  const shared = { ...NO_QUERY, name: nothing, worker: nothing, error: nothing, any: nothing };
  const { query } = parseTaskQuery("name:a");
  expect(mergeQueries(shared, query)).toEqual({ ...NO_QUERY, name: ["a"] });
  expect(nothing).toEqual([]);
});

test("a path has at most a hundred steps", () => {
  expect(parsePath(`params${".a".repeat(100)}`)?.steps).toHaveLength(100);
  expect(parsePath(`params${".a".repeat(101)}`)).toBeNull();
});
