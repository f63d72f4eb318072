"use client";
import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

const GROUPS: readonly { title: string; keys: readonly [what: string, ...keys: string[]][] }[] = [
  {
    title: "Anywhere",
    keys: [
      ["Jump to", "Ctrl", "K"],
      ["This sheet", "?"],
      ["Close", "Esc"],
    ],
  },
  {
    title: "Lists",
    keys: [
      ["Down, up", "j", "k"],
      ["Open", "↵"],
      ["Select", "x"],
      ["Select up to here", "⇧", "x"],
      ["Newer, older", "[", "]"],
      ["Read again", "r"],
      ["Search", "/"],
    ],
  },
  {
    title: "Task",
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
      ["Read again", "r"],
    ],
  },
];

export function KeySheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className="grid gap-x-6 gap-y-4 wide:grid-cols-3">
        {GROUPS.map((group) => (
          <section key={group.title}>
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
                      <Kbd key={key}>{key}</Kbd>
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
