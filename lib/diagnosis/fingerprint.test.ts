import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint } from "./fingerprint";

test.each([
  ["gateway did not answer in 30s for ord_42", "gateway did not answer in <n>s for <id>"],
  ["502 from api.pay.test", "<n> from api.pay.test"],
  ["took 12.5 ms, 1,234 rows, 45%, 10:42", "took <n> ms, <n> rows, <n>%, <n>"],
  ["10.0.0.12:5432 refused", "<n> refused"],
  ["tasks[3].items[10]", "tasks[<n>].items[<n>]"],
  ["no order 01a2f6c2-71d0-7e3a-9b14-5f0c88e1a42d", "no order <id>"],
  ["0xdeadBEEF of 9f86d081884c7d65", "<hex> of <hex>"],
  ["since 2026-03-02T12:00:00.123Z or 2026-03-02", "since <time> or <time>"],
  ["don't do that, it isn't 'so' or \"so\"", "don't do that, it isn't '…' or \"…\""],
  ["'warehouse_id'", "'warehouse_id'"],
  ["'order 7'", "'…'"],
  ["first\n  at second:12", "first"],
  ["  two   spaces ", "two spaces"],
  ["", ""],
])("%j has the fingerprint %j", (message, expected) => {
  expect(fingerprint(message)).toBe(expected);
});

const messages = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(" ", "'", '"', "`", "a", "7", ".", ",", ":", "_", "-", "ms", "\n", "é"),
  ),
  { maxLength: 40 },
);

test("a fingerprint has no digit and at most 200 characters", () => {
  fc.assert(
    fc.property(messages, (parts) => {
      const result = fingerprint(parts.join(""));
      expect(result).not.toMatch(/\d/);
      expect(result.length).toBeLessThanOrEqual(200);
    }),
  );
});

test("messages that differ only in their values have one fingerprint", () => {
  const values = fc.record({
    number: fc.nat(),
    id: fc.uuid(),
    quoted: fc.string().map((text) => text.replace(/["\r\n]/g, "")),
    at: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01") }),
    hex: fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n }).map((n) => `0x${n.toString(16)}`),
  });
  const write = ({
    number,
    id,
    quoted,
    at,
    hex,
  }: typeof values extends fc.Arbitrary<infer V> ? V : never) =>
    `order ${number} (${id}) said "${quoted}" at ${at.toISOString()}: ${hex}, try ${number}ms`;
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(fingerprint(write(a))).toBe(fingerprint(write(b)));
    }),
  );
});

test("messages that differ in their words have different fingerprints", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[g-z]{1,20}$/), fc.stringMatching(/^[g-z]{1,20}$/), (a, b) => {
      fc.pre(a !== b);
      expect(fingerprint(`no ${a} here`)).not.toBe(fingerprint(`no ${b} here`));
    }),
  );
});

test("the value of a digit does not change the fingerprint", () => {
  fc.assert(
    fc.property(messages, (parts) => {
      const message = parts.join("");
      expect(fingerprint(message.replace(/\d/g, "0"))).toBe(fingerprint(message));
    }),
  );
});
