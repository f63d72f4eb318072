import { expect, test } from "vitest";
import { diagnose } from "@/lib/diagnosis/diagnose";
import { getRecording, listRecordings } from "@/testing/recordings";
import { availableActions } from "../actions/availability";
import { SUGGESTIONS } from "./suggestions";

const suggested = listRecordings().flatMap((name) => {
  const detail = getRecording(name);
  const { action } = diagnose(detail);
  return action ? [{ name, detail, action }] : [];
});

test.each(suggested)("$name: what the verdict suggests can be done", ({ detail, action }) => {
  expect(availableActions(detail)[SUGGESTIONS[action.kind].action]).toBeNull();
});

test("the recorded situations take in every suggestion there is", () => {
  const kinds = new Set(suggested.map(({ action }) => action.kind));
  expect([...kinds].sort()).toEqual(Object.keys(SUGGESTIONS).sort());
});
