"use client";
import { createContext, useContext, useEffect, useEffectEvent } from "react";

/** What keys do: one such as `j`, or two pressed one after the other, such as `g q`. */
export type Hotkeys = Record<string, (() => void) | undefined>;

const Switch = createContext(true);

/** Says whether keys act without Ctrl, Alt or Cmd. Who speaks to the computer, or types unsteadily, does without. */
export const HotkeysSwitch = Switch.Provider;

export function useHotkeysOn(): boolean {
  return useContext(Switch);
}

/** Time for the second key of two. */
const PAIR_MS = 1_500;

const layers = new Set<() => Hotkeys>();
let begun: { key: string; at: number } | undefined;

/** Shortcuts for as long as the component is mounted and they are switched on. They never act while someone types. */
export function useHotkeys(keys: Hotkeys): void {
  const on = useHotkeysOn();
  const read = useEffectEvent(() => keys);
  useEffect(() => {
    if (!on) return;
    const layer = () => read();
    if (layers.size === 0) document.addEventListener("keydown", press);
    layers.add(layer);
    return () => {
      layers.delete(layer);
      if (layers.size === 0) document.removeEventListener("keydown", press);
    };
  }, [on]);
}

/** One listener for all, since the second key of two must not act by itself as well. */
function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift") return;
  if (event.defaultPrevented || isTaken(event)) return;
  const first = begun && event.timeStamp - begun.at < PAIR_MS ? `${begun.key} ` : "";
  begun = undefined;
  // What was mounted last comes first: a page may have a key of the frame do something of its own.
  const known = [...layers].reverse().map((read) => read());
  const run = known.find((keys) => keys[first + event.key])?.[first + event.key];
  if (run) {
    event.preventDefault();
    run();
  } else if (known.some((keys) => Object.keys(keys).some((key) => key.startsWith(`${event.key} `))))
    begun = { key: event.key, at: event.timeStamp };
}

/** Whether a key press belongs to something that takes text, or to a dialog that is open. */
function isTaken({ target }: KeyboardEvent): boolean {
  if (document.querySelector("dialog:modal")) return true;
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(target.type);
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(textarea|select)$/i.test(target.tagName))
  );
}
