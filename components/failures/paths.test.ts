import { createLoader } from "nuqs/server";
import { expect, test } from "vitest";
import type { FailureGroup } from "@/lib/model/failure";
import { tasksSearchParams } from "@/lib/search-params/tasks";
import { failuresPath, groupTasksPath } from "./paths";

const read = createLoader(tasksSearchParams);
const filtersOf = (path: string) => read(new URLSearchParams(path.split("?")[1]));

test("a group leads to its tasks by name, error and what its messages share", () => {
  const group = {
    taskName: "charge, card",
    errorName: "Timeout Error",
    pattern: "<n> ms: gateway did not answer within <n>s for '…'",
    queues: ["a b"],
  } as FailureGroup;
  expect(filtersOf(groupTasksPath(group, ["failed"]))).toMatchObject({
    name: ["charge, card"],
    queue: ["a b"],
    state: ["failed"],
    where: [{ path: { source: "error", steps: ["name"] }, value: { text: "Timeout Error" } }],
    error: ["ms: gateway did not answer within"],
  });
});

test("what a group does not have is not asked for", () => {
  const group = { taskName: "t", errorName: null, pattern: "<n> no", queues: ["a", "b"] };
  const filters = filtersOf(groupTasksPath(group as FailureGroup, []));
  expect(filters).toMatchObject({ name: ["t"], queue: [], where: [], error: [] });
});

test("the failures have one address for each view", () => {
  expect(failuresPath()).toBe("/failures");
  expect(failuresPath({ range: "1h", queue: ["a,b"], group: "x" })).toBe(
    "/failures?range=1h&queue=a%252Cb&group=x",
  );
});
