// @vitest-environment jsdom
import { useQueryClient } from "@tanstack/react-query";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { useState } from "react";
import { expect, test } from "vitest";
import { queuesQuery } from "@/lib/query/queues";
import { render } from "@/testing/render";
import { useCommands } from "./commands";

function Searches({ typed, areQueuesRead }: { typed: string; areQueuesRead: boolean }) {
  const client = useQueryClient();
  useState(
    () =>
      areQueuesRead &&
      client.setQueryData(queuesQuery().queryKey, { queues: [], now: "2026-03-02T12:00:00.000Z" }),
  );
  const { commands, looking } = useCommands(typed);
  return looking
    ? "looking"
    : commands.filter(({ group }) => group === "Search tasks").map(({ to }) => String(to));
}

function listSearches(typed: string, areQueuesRead = true) {
  const view = render(
    <PathnameContext value="/">
      <Searches typed={typed} areQueuesRead={areQueuesRead} />
    </PathnameContext>,
  );
  const text = view.container.textContent ?? "";
  view.unmount();
  return decodeURIComponent(text.replaceAll("+", " "));
}

test.each([
  ["any:ORD-1", "/tasks?any=ORD-1"],
  ['any:"two words"', "/tasks?any=two words"],
  ["tenant:acme state:failed", "/tasks?state=failed&tenant=acme"],
])("the filters %s open the tasks that match them", (typed, path) => {
  expect(listSearches(typed)).toBe(path);
});

test.each([
  ["ORD-1", "ORD-1"],
  ["gateway did not answer", "gateway did not answer"],
  ['"ORD-1",', "ORD-1"],
  ["error: connection refused", "error: connection refused"],
  ["order:42", "order:42"],
  ['any:"not closed', 'any:"not closed'],
])("the text %s is searched as a whole in all values", (typed, text) => {
  expect(listSearches(typed)).toBe(`/tasks?any=${text}`);
});

test("while the queues are read, a text that may name one is not searched instead", () => {
  expect(listSearches("orders events", false)).toBe("looking");
});
