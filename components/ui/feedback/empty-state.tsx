"use no memo";
import type { ReactNode } from "react";
import { Icon } from "../icons/icon";
import type { IconName } from "../icons/icon-names";

/** Shown in place of an empty list: what it means and what to do next. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
  heading: Heading = "h2",
}: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  heading?: "h1" | "h2";
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-1 px-5 py-10 text-center">
      <span className="mb-2 grid size-9 place-items-center rounded-2 bg-active text-ink-2">
        <Icon name={icon} size={20} />
      </span>
      <Heading className="font-semibold text-14">{title}</Heading>
      {children && <div className="text-ink-2">{children}</div>}
      {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
