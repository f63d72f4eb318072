"use client";
import { createContext, useContext, useEffect, useEffectEvent } from "react";
import { isComposing } from "./is-composing";

/** Actions by key: a single key, such as `j`, or a sequence of two, such as `g q`. */
export type Hotkeys = Record<string, (() => void) | undefined>;

const Switch = createContext(true);

/** Turns single-key shortcuts off (WCAG 2.1.4): speech input and tremor trigger them by accident. */
export const HotkeysSwitch = Switch.Provider;

export function useHotkeysOn(): boolean {
  return useContext(Switch);
}

/** Time limit for the second key of a sequence. */
const SEQUENCE_MS = 1_500;

const layers = new Set<() => Hotkeys>();
let pending: { key: string; at: number } | undefined;

/**
 * Enables shortcuts while the component is mounted and single-key shortcuts are on. They never act while the user
 * types.
 */
export function useHotkeys(keys: Hotkeys): void {
  const on = useHotkeysOn();
  const getKeys = useEffectEvent(() => keys);
  useEffect(() => {
    if (!on) return;
    const layer = () => getKeys();
    if (layers.size === 0) document.addEventListener("keydown", press);
    layers.add(layer);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) document.removeEventListener("keydown", press);
    };
  }, [on]);
}

/** One listener for all, so that the second key of a sequence doesn't also trigger its own action. */
function press(event: KeyboardEvent): void {
  if (event.key === "Shift" || event.key === "CapsLock" || event.key === "AltGraph") return;
  const key = parseKey(event);
  if (key === null || event.defaultPrevented || isTaken(event)) return;
  const first = pending && event.timeStamp - pending.at < SEQUENCE_MS ? `${pending.key} ` : "";
  pending = undefined;
  // Last mounted first: a page may override a key of the frame.
  const known = [...layers].reverse().map((layer) => layer());
  const run = known.find((keys) => keys[first + key])?.[first + key];
  if (run) {
    event.preventDefault();
    run();
  } else if (known.some((keys) => Object.keys(keys).some((name) => name.startsWith(`${key} `))))
    pending = { key, at: event.timeStamp };
}

/**
 * The key that a press means on any keyboard: a letter, regardless of Caps Lock and in upper case with Shift; a
 * character that needs AltGr or Option, such as `[` on a German keyboard; and on a non-Latin layout, the letter or
 * bracket at the same position of a US keyboard. `null` for browser shortcuts and during composition.
 */
export function parseKey(event: KeyboardEvent): string | null {
  if (isComposing(event) || event.metaKey) return null;
  const letter = findLetter(event);
  const isAltered = event.ctrlKey || event.altKey;
  if (letter) {
    if (isAltered) return null;
    return event.shiftKey ? letter.toUpperCase() : letter;
  }
  // Windows reports AltGr as Ctrl with Alt.
  const isThirdLevel = event.getModifierState("AltGraph") || event.altKey;
  if (isAltered && !(isThirdLevel && /^[!-/:-@[-`{-~]$/.test(event.key))) return null;
  if (isOtherScript(event.key)) return BRACKETS[event.code] ?? event.key;
  return event.key;
}

const BRACKETS: Record<string, string> = { BracketLeft: "[", BracketRight: "]" };

/** Whether a press is the given letter with Ctrl or Cmd and no other modifier. */
export function isCommandKey(event: KeyboardEvent, letter: string): boolean {
  if (isComposing(event) || event.shiftKey || event.altKey) return false;
  return event.ctrlKey !== event.metaKey && findLetter(event) === letter;
}

/** The lower-case Latin letter of a press; `undefined` for other keys. */
function findLetter({ key, code }: KeyboardEvent): string | undefined {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return isOtherScript(key) ? /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() : undefined;
}

/** Whether a key types a non-Latin letter. */
function isOtherScript(key: string): boolean {
  return /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
}

/** Whether a key press belongs to a text field or an open dialog. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (document.querySelector("dialog[open]")) return true;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(target.type);
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName))
  );
}
