import { ROOMS } from "../frame/sections";

type KeyGroup = {
  title: string;
  /** Keys that act wherever the focus is, and so can be switched off. */
  single: boolean;
  keys: readonly (readonly [what: string, ...keys: string[]])[];
};

/** Every shortcut there is, as the sheet of keys shows them. */
export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: "Always",
    single: false,
    keys: [
      ["Jump to anything", "Ctrl", "K"],
      ["Close", "Esc"],
    ],
  },
  {
    title: "Anywhere",
    single: true,
    keys: [
      ["This sheet", "?"],
      ["Read again", "r"],
    ],
  },
  {
    title: "Lists",
    single: true,
    keys: [
      ["Down, up", "j", "k"],
      ["Open", "↵"],
      ["Select", "x"],
      ["Select up to here", "⇧", "x"],
      ["Newer, older", "[", "]"],
      ["Search", "/"],
    ],
  },
  {
    title: "Go to",
    single: true,
    keys: ROOMS.map(({ label, key }) => [label, "g", key] as const),
  },
  {
    title: "Task",
    single: true,
    keys: [
      ["Cancel", "c"],
      ["Retry", "t"],
      ["Reschedule", "s"],
      ["Emit its event", "e"],
      ["Run again", "a"],
      ["Fork from a step", "f"],
      ["Extend its lease", "l"],
      ["Spawn a task", "n"],
      ["All actions", "m"],
    ],
  },
  {
    title: "Inside a timeline",
    single: false,
    keys: [
      ["Step by step", "↑", "↓"],
      ["Move", "←", "→"],
      ["Zoom", "+", "-"],
      ["All of it", "0"],
    ],
  },
];
