"use client";
import { Menu } from "@base-ui/react/menu";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../form/button";

export type MenuProps = {
  label: ReactNode;
  /** Accessible name of the button and of the menu. */
  name: string;
  items: readonly { label: string; onChoose: () => void }[];
};

/** The menu, rendered once the library has loaded. It replaces the plain button and takes over its focus. */
export function MenuWithList({ label, name, items, isOpen }: MenuProps & { isOpen: boolean }) {
  const [open, setOpen] = useState(isOpen);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus();
  }, []);
  return (
    <Menu.Root open={open} onOpenChange={setOpen} modal={false}>
      <Menu.Trigger ref={button} aria-label={name} render={<Button />}>
        {label}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-30 outline-none">
          <Menu.Popup
            aria-label={name}
            className="float-in min-w-40 rounded-3 bg-raised p-1 shadow-3 outline-none"
          >
            {items.map((item) => (
              <Menu.Item
                key={item.label}
                onClick={item.onChoose}
                className="flex min-h-11 cursor-pointer items-center rounded-2 px-2 outline-none data-highlighted:bg-active wide:min-h-7"
              >
                {item.label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
