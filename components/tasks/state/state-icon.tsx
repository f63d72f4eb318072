import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import type { TaskState } from "@/lib/model/states";

const COLORS: Record<TaskState, string> = {
  pending: "text-pending-solid",
  running: "text-running-solid",
  sleeping: "text-sleeping-solid",
  completed: "text-completed-solid",
  failed: "text-failed-solid",
  cancelled: "text-cancelled-solid",
};

const SHAPES: Record<TaskState, ReactNode> = {
  pending: <circle cx="8" cy="8" r="5.6" strokeDasharray="2.6 1.8" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.6" opacity=".35" />
      <path d="M8 2.4A5.6 5.6 0 0 1 13.6 8" strokeWidth="2" />
      <circle cx="8" cy="8" r="1.9" fill="currentColor" stroke="none" />
    </>
  ),
  sleeping: (
    <path
      d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z"
      fill="currentColor"
      fillOpacity=".25"
    />
  ),
  completed: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="currentColor" stroke="none" />
      <path d="m5.3 8.2 1.9 1.9 3.5-4" strokeWidth="1.7" className="stroke-surface" />
    </>
  ),
  failed: (
    <>
      <path
        d="M5.4 1.9h5.2l3.5 3.5v5.2l-3.5 3.5H5.4l-3.5-3.5V5.4z"
        fill="currentColor"
        stroke="none"
      />
      <path d="m6 6 4 4m0-4-4 4" strokeWidth="1.7" className="stroke-surface" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.6" />
      <path d="m4.2 11.8 7.6-7.6" />
    </>
  ),
};

/**
 * The icon of a state, always shown beside its name.
 *
 * @param live whether a running icon spins. Use it only for the subject of a page: many spinning icons cost more than
 * the rest of the page. The whole svg spins, because animating a part of it would repaint the page in every frame; so
 * don't nest it in another svg.
 */
export function StateIcon({
  state,
  size = 14,
  live,
}: {
  state: TaskState;
  size?: number;
  live?: boolean;
}) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={cn("shrink-0", COLORS[state], live && state === "running" && "spin-slow")}
    >
      {SHAPES[state]}
    </svg>
  );
}
