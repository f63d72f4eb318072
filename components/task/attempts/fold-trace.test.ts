import fc from "fast-check";
import { expect, test } from "vitest";
import { foldTrace } from "./fold-trace";

const shape = (text: string) =>
  foldTrace(text).map(({ library, frames }) => `${library ? "library" : "own"} ${frames}`);

test("Node: frames of packages and of Node are folded, the user's own stay", () => {
  const text = [
    "TypeError: x is not a function",
    "    at charge (/app/src/charge.ts:12:5)",
    "    at async Client.query (/app/node_modules/pg/lib/client.js:3:1)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "    at async handler (/app/src/task.ts:3:1)",
  ].join("\n");
  expect(shape(text)).toEqual(["own 1", "library 2", "own 1"]);
});

test("Python: a frame keeps its line of code", () => {
  const text = [
    "Traceback (most recent call last):",
    '  File "/app/tasks.py", line 3, in run',
    "    return pay(order)",
    "           ^^^^^^^^^^",
    '  File "/usr/lib/python3.12/site-packages/stripe/api.py", line 99, in call',
    "    raise CardError(code)",
    "stripe.CardError: declined",
  ].join("\n");
  const parts = foldTrace(text);
  expect(shape(text)).toEqual(["own 1", "library 1", "own 0"]);
  expect(parts[1]?.lines).toHaveLength(2);
});

test("Go: modules and the standard library are folded", () => {
  const text = [
    "goroutine 1 [running]:",
    "main.run()",
    "\t/app/main.go:5",
    "net/http.Serve()",
    "\t/usr/local/go/src/net/http/server.go:3",
  ].join("\n");
  expect(shape(text)).toEqual(["own 1", "library 1"]);
});

test("no line is lost", () => {
  const line = fc.constantFrom(
    "Error: x",
    "    at a (/app/a.ts:1:1)",
    "    at b (node:fs:1:1)",
    '  File "/a.py", line 1',
    "    code",
    "",
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join("\n");
      const parts = foldTrace(text);
      expect(parts.flatMap((part) => part.lines).join("\n")).toBe(text);
    }),
  );
});
