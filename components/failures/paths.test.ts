import { createLoader } from "nuqs/server";
import { expect, test } from "vitest";
import type { FailureGroup } from "@/lib/model/rows/failure";
import { tasksSearchParams } from "@/lib/search-params/tasks/filters";
import { failuresPath, groupTasksPath } from "./paths";

const load = createLoader(tasksSearchParams);
const parseFilters = (path: string | null) => load(new URLSearchParams(path?.split("?")[1]));

test("a group links to its tasks by name, error and the fixed part of the message", () => {
  const group = {
    taskName: "charge, card",
    errorName: "Timeout Error",
    pattern: "<n> ms: gateway did not answer within <n>s for '…'",
    queues: ["a b"],
  } as FailureGroup;
  expect(parseFilters(groupTasksPath(group, ["failed"]))).toMatchObject({
    name: ["charge, card"],
    queue: ["a b"],
    state: ["failed"],
    where: [{ path: { source: "error", steps: ["name"] }, value: { text: "Timeout Error" } }],
    error: ["ms: gateway did not answer within"],
  });
});

test("a group's link omits filters that the group doesn't have", () => {
  const group = { taskName: "t", errorName: null, pattern: "<n> no", queues: ["a", "b"] };
  const filters = parseFilters(groupTasksPath(group as FailureGroup, []));
  expect(filters).toMatchObject({ name: ["t"], queue: [], where: [], error: [] });
});

test("a group with a cut name has no link, which would find nothing", () => {
  const rest = { errorName: "E", pattern: "no answer", queues: ["a"] };
  const path = (taskName: string) =>
    groupTasksPath({ ...rest, taskName } as unknown as FailureGroup, ["failed"]);
  expect(path("n".repeat(500))).toContain("name=nnn");
  expect(path(`${"n".repeat(500)}...`)).toBeNull();
});

test("each view of the failures page has exactly one URL", () => {
  expect(failuresPath()).toBe("/failures");
  expect(failuresPath({ range: "1h", queue: ["a,b"], group: "x" })).toBe(
    "/failures?range=1h&queue=a%252Cb&group=x",
  );
});
