"use client";
import { useState } from "react";
import { Checkbox } from "@/components/ui/form/checkbox";
import { Dialog } from "@/components/ui/overlay/dialog";
import { Kbd } from "@/components/ui/text/kbd";
import { cn } from "@/lib/cn";
import { usePreferences } from "../preferences/preferences-provider";
import { KEY_GROUPS } from "./key-groups";

/** Every key and what it does, and the way to switch off those that act by themselves. */
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
                        {key}
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
  const [told, setTold] = useState("");
  return (
    <div className="mb-3 rounded-2 border bg-surface px-3 py-1.5">
      <Checkbox
        checked={keys === "on"}
        onChange={({ target }) => {
          choose("keys", target.checked ? "on" : "off");
          setTold(target.checked ? "Single keys act again." : "Single keys do nothing now.");
        }}
      >
        <span className="font-medium">Single keys act</span>
      </Checkbox>
      <p className="text-12 text-ink-2">
        Switch them off for speech input, or if keys are pressed by accident. Ctrl K stays, and its
        box leads back here.
      </p>
      <p role="status" className="sr-only">
        {told}
      </p>
    </div>
  );
}
