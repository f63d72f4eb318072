"use client";
import { useState } from "react";
import { CrashMessage } from "../feedback/boundary";
import { createLoader } from "../feedback/lazy";
import { Button } from "../form/button";
import { Dialog } from "./dialog";
import type { MenuProps } from "./menu-list";

const loader = createLoader(() => import("./menu-list"));

/**
 * A button that opens a menu of actions: arrow keys move, Enter or a click chooses. The menu's code loads when the
 * button is first hovered or focused.
 */
export function Menu(props: MenuProps) {
  const [list, setList] = useState(loader.get);
  const [isRequested, setRequested] = useState(false);
  const [error, setError] = useState<Error>();

  function load() {
    loader.start().then(
      () => setList(loader.get),
      (cause: Error) => {
        loader.reset();
        setError(cause);
      },
    );
  }
  if (list) return <list.MenuWithList {...props} isOpen={isRequested} />;
  const isFailed = isRequested && error;
  return (
    <>
      <Button
        aria-haspopup="menu"
        aria-expanded={false}
        aria-label={props.name}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          setRequested(true);
          load();
        }}
      >
        {props.label}
      </Button>
      {isFailed && (
        <Dialog title="Cannot open" onClose={() => setRequested(false)}>
          <CrashMessage error={error} what="menu" onRetry={load} />
        </Dialog>
      )}
    </>
  );
}
