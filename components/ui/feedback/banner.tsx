"use no memo";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Icon } from "../icons/icon";
import type { IconName } from "../icons/icon-names";

const TONES = {
  bad: "border-failed-line bg-failed-soft [&>svg]:text-failed-solid",
  warning: "border-pending-line bg-pending-soft [&>svg]:text-pending-solid",
  plain: "border-line bg-surface [&>svg]:text-ink-3",
} as const;

/** Plain banners are part of the content, so they aren't announced. */
const ROLES = { bad: "alert", warning: "status", plain: undefined } as const;

/** A message about the whole page, with an action. */
export function Banner({
  tone,
  icon,
  children,
  action,
}: {
  tone: keyof typeof TONES;
  icon: IconName;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      role={ROLES[tone]}
      className={cn(
        "flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 rounded-2 border py-1 pr-2 pl-3",
        TONES[tone],
      )}
    >
      <Icon name={icon} className="shrink-0" />
      <p className="min-w-0 flex-1 basis-60 break-words">{children}</p>
      {action}
    </div>
  );
}
