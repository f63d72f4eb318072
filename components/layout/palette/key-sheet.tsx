"use client";
import { useState } from "react";
import { ACTION_WORDS } from "@/components/tasks/actions/action-words";
import { TASK_ACTIONS } from "@/components/tasks/actions/availability";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Kbd, ModifierKey } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { SECTIONS } from "../frame/sections";
import { usePreferences } from "../preferences/preferences-provider";

type KeyGroup = {
  title: string;
  /** Single-key shortcuts, which act regardless of focus and can be turned off. */
  single: boolean;
  keys: readonly (readonly [what: string, ...keys: string[]])[];
};

const MODIFIER = "Ctrl";

/** Every shortcut, in display order. */
const KEY_GROUPS: readonly KeyGroup[] = [
  {
    title: "Global",
    single: false,
    keys: [
      ["Jump to anything", MODIFIER, "K"],
      ["Confirm a dialog", MODIFIER, "↵"],
      ["Close", "Esc"],
    ],
  },
  {
    title: "Page",
    single: true,
    keys: [
      ["Keyboard shortcuts", "?"],
      ["Refresh", "r"],
      ["Details of row or page", "i"],
    ],
  },
  {
    title: "Lists",
    single: true,
    keys: [
      ["Next / previous row", "j", "k"],
      ["Open", "↵"],
      ["Select", "x"],
      ["Select range", "⇧", "x"],
      ["Newer / older page", "[", "]"],
      ["Search", "/"],
      ["Retry error group", "t"],
    ],
  },
  {
    title: "Go to",
    single: true,
    keys: SECTIONS.map(({ label, key }) => [label, "g", key] as const),
  },
  {
    title: "Task",
    single: true,
    keys: [
      ...TASK_ACTIONS.map(
        (action) => [ACTION_WORDS[action].label, ACTION_WORDS[action].hotkey] as const,
      ),
      ["Spawn task", "n"],
      ["All actions", "m"],
    ],
  },
  {
    title: "Timeline",
    single: false,
    keys: [
      ["Previous / next row", "↑", "↓"],
      ["Move", "←", "→"],
      ["Zoom", "+", "-"],
      ["Fit all", "0"],
    ],
  },
];

/** Lists every shortcut, with the switch for single-key shortcuts. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const { keys } = usePreferences();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide>
      <SingleKeys />
      <div className="gap-x-6 wide:columns-3">
        {KEY_GROUPS.map((group) => (
          <section
            key={group.title}
            className={cn(
              "mb-4 break-inside-avoid",
              keys === "off" && group.single && "opacity-60",
            )}
          >
            <h3 className="mb-1 font-semibold text-12">{group.title}</h3>
            <dl>
              {group.keys.map(([what, ...keys]) => (
                <div
                  key={what}
                  className="flex h-6 items-center justify-between text-12 text-ink-2"
                >
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key} always>
                        {key === MODIFIER ? <ModifierKey /> : key}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function SingleKeys() {
  const { keys, choose } = usePreferences();
  const [status, setStatus] = useState("");
  return (
    <div className="mb-3 rounded-2 border bg-surface px-3 py-1.5">
      <Checkbox
        checked={keys === "on"}
        onChange={({ target }) => {
          choose("keys", target.checked ? "on" : "off");
          setStatus(
            target.checked ? "Single-key shortcuts are on." : "Single-key shortcuts are off.",
          );
        }}
      >
        <span className="font-medium">Single-key shortcuts</span>
      </Checkbox>
      <p className="text-12 text-ink-2">
        Turn them off for speech input, or if keys are pressed by accident. <ModifierKey /> K keeps
        working; reopen this sheet from there.
      </p>
      <p role="status" className="sr-only">
        {status}
      </p>
    </div>
  );
}
