import fc from "fast-check";
import { expect, test } from "vitest";
import { queueOfSegment, queueSegment } from "./queue-segment";

const names = fc.oneof(
  fc.constantFrom(".", "..", "...", "~", "~.", "~~", ".a", "a/b", "a/../b", "%2e", "größe 100%?#"),
  fc.string({ minLength: 1, unit: "grapheme" }),
);

test("every name survives path normalization by browsers and proxies", () => {
  fc.assert(
    fc.property(names, (queue) => {
      const { pathname } = new URL(`http://host/queues/${queueSegment(queue)}/tasks`);
      const [, , segment = "", tasks, ...rest] = pathname.split("/");
      expect([tasks, rest]).toEqual(["tasks", []]);
      expect(queueOfSegment(decodeURIComponent(segment))).toBe(queue);
    }),
  );
});

test("other names are unchanged", () => {
  expect(queueSegment("orders")).toBe("orders");
  expect(queueSegment("..")).toBe("~..");
  expect(queueSegment("~x")).toBe("~~x");
});
