"use client";
import type { ReactNode } from "react";
import type { TaskDetail } from "@/lib/analytics/types";
import { Verdict } from "./verdict";

/** The subject of the page with what can be done about it, and the verdict under it. */
export function TaskActions({ detail, title }: { detail: TaskDetail; title: ReactNode }) {
  return (
    <>
      <div className="flex flex-wrap items-start gap-2">{title}</div>
      <Verdict detail={detail} action={() => null} />
    </>
  );
}
