import { expect, test } from "vitest";
import { workAtOnce } from "@/lib/model/work/turns";
import { parseCondition } from "@/lib/search-params/tasks/conditions";
import { samplePaths as sample } from "./task-suggestions";

const samplePaths = (samples: Parameters<typeof sample>[0]) => workAtOnce(sample(samples));

test("paths and values are terms of the query language, most frequent first", () => {
  const sampled = samplePaths([
    {
      source: "params",
      text: '{"a b": {"id": 12345678901234567890}, "items": [{"sku": "x y"}, {"sku": "42"}]}',
    },
    { source: "params", text: '{"items": [{"sku": "z"}], "none": null, "on": true}' },
    { source: "result", text: '"whole"' },
    { source: "result", text: "[1, [2]]" },
  ]);
  expect(sampled).toEqual([
    { path: "params.items[].sku", values: ['"x y"', '"42"', "z"] },
    { path: 'params."a b".id', values: ["12345678901234567890"] },
    { path: "params.none", values: ["null"] },
    { path: "params.on", values: ["true"] },
    { path: "result[]", values: ["1"] },
    { path: "result[][]", values: ["2"] },
  ]);
  for (const { path, values } of sampled)
    for (const value of values) expect(parseCondition(`${path}:${value}`)).not.toBeNull();
});

test("large and deep values are truncated", () => {
  const wide = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [`k${n}`, "v".repeat(100)]),
  );
  const [first] = samplePaths([{ source: "params", text: JSON.stringify(wide) }]);
  expect(first?.values).toEqual([]);
  const many = Array.from({ length: 60 }, (_, n) => ({
    source: "params" as const,
    text: `{"a${n}":{"b":1},"c${n}":1,"d${n}":1}`,
  }));
  expect(samplePaths(many)).toHaveLength(150);
  expect(
    samplePaths([{ source: "params", text: `${'{"a":'.repeat(50)}1${"}".repeat(50)}` }]),
  ).toEqual([]);
});
