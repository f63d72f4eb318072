"use client";
import { createContext, useContext, useEffect, useEffectEvent } from "react";

/** Actions by key: one key, such as `j`, or two in sequence, such as `g q`. */
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

/** Shortcuts while the component is mounted and single-key shortcuts are on. They never act while the user types. */
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

/** One listener for all, because the second key of a sequence must not act on its own too. */
function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift") return;
  if (event.defaultPrevented || isTaken(event)) return;
  const first = pending && event.timeStamp - pending.at < SEQUENCE_MS ? `${pending.key} ` : "";
  pending = undefined;
  // The last mounted comes first: a page may override a key of the frame.
  const known = [...layers].reverse().map((layer) => layer());
  const run = known.find((keys) => keys[first + event.key])?.[first + event.key];
  if (run) {
    event.preventDefault();
    run();
  } else if (known.some((keys) => Object.keys(keys).some((key) => key.startsWith(`${event.key} `))))
    pending = { key: event.key, at: event.timeStamp };
}

/** Whether a key press belongs to a text field or an open dialog. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (document.querySelector("dialog:modal")) return true;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(target.type);
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName))
  );
}
