// @vitest-environment jsdom
import { fireEvent } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { render } from "@/testing/render";
import { isCommandKey, parseKey, useHotkeys } from "./hotkeys";

type Press = KeyboardEventInit & { altGraph?: boolean };

function toEvent({ altGraph = false, ...init }: Press): KeyboardEvent {
  return new KeyboardEvent("keydown", { ...init, modifierAltGraph: altGraph });
}

test.each<[string, Press, string | null]>([
  ["a letter", { key: "j" }, "j"],
  ["a letter with Shift", { key: "X", shiftKey: true }, "X"],
  ["a letter with Caps Lock", { key: "J" }, "j"],
  ["a letter with Caps Lock and Shift", { key: "x", shiftKey: true }, "X"],
  ["a Cyrillic letter", { key: "о", code: "KeyJ" }, "j"],
  ["a Greek letter with Shift", { key: "Χ", code: "KeyX", shiftKey: true }, "X"],
  ["a Cyrillic letter at the place of a bracket", { key: "х", code: "BracketLeft" }, "["],
  ["a Latin letter at the place of a bracket", { key: "ü", code: "BracketLeft" }, "ü"],
  ["a bracket with AltGr", { key: "[", code: "Digit8", altGraph: true }, "["],
  ["a bracket with AltGr on Windows", { key: "]", ctrlKey: true, altKey: true }, "]"],
  ["a bracket with Option", { key: "]", code: "Digit6", altKey: true }, "]"],
  ["a question mark", { key: "?", shiftKey: true }, "?"],
  ["a letter with Ctrl", { key: "j", ctrlKey: true }, null],
  ["a letter with Alt", { key: "j", altKey: true }, null],
  ["a letter with Cmd", { key: "j", metaKey: true }, null],
  ["a zoom of the browser", { key: "-", ctrlKey: true }, null],
  ["a composed letter", { key: "j", isComposing: true }, null],
])("%s is parsed as %j", (_, press, expected) => {
  expect(parseKey(toEvent(press))).toBe(expected);
});

test.each<[string, Press, boolean]>([
  ["Ctrl K", { key: "k", ctrlKey: true }, true],
  ["Cmd K", { key: "k", metaKey: true }, true],
  ["Ctrl K with Caps Lock", { key: "K", ctrlKey: true }, true],
  ["Ctrl K on a Cyrillic keyboard", { key: "л", code: "KeyK", ctrlKey: true }, true],
  ["Ctrl Shift K, the browser's", { key: "K", ctrlKey: true, shiftKey: true }, false],
  ["Ctrl Alt K", { key: "k", ctrlKey: true, altKey: true }, false],
  ["K alone", { key: "k" }, false],
])("%s", (_, press, expected) => {
  expect(isCommandKey(toEvent(press), "k")).toBe(expected);
});

test("a sequence of two keys runs only its own action", () => {
  const keys = { "g t": vi.fn(), t: vi.fn() };
  function Page() {
    useHotkeys(keys);
    return null;
  }
  render(<Page />);
  fireEvent.keyDown(document.body, { key: "g" });
  fireEvent.keyDown(document.body, { key: "t" });
  expect(keys["g t"]).toHaveBeenCalledTimes(1);
  expect(keys.t).not.toHaveBeenCalled();
});
