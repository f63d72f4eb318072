import { expect, test } from "vitest";
import { diagnose } from "@/lib/diagnosis/diagnose";
import { getRecording, listRecordings } from "@/testing/recordings";
import { ACTION_WORDS, SUGGESTIONS } from "./action-words";
import { availableActions } from "./availability";

const suggested = listRecordings().flatMap((name) => {
  const detail = getRecording(name);
  const { action } = diagnose(detail);
  return action ? [{ name, detail, action }] : [];
});

test.each(suggested)("$name: the suggested action is available", ({ detail, action }) => {
  expect(availableActions(detail)[SUGGESTIONS[action.kind].action]).toBeNull();
});

test("each action has a unique key that no page uses", () => {
  const ofPages = ["r", "j", "k", "g", "x", "X", "/", "[", "]", "?", "n", "m"];
  const keys = [...ofPages, ...Object.values(ACTION_WORDS).map(({ hotkey }) => hotkey)];
  expect(keys).toEqual([...new Set(keys)]);
});

test("the recordings cover every suggestion", () => {
  const kinds = new Set(suggested.map(({ action }) => action.kind));
  expect([...kinds].sort()).toEqual(Object.keys(SUGGESTIONS).sort());
});
