import type { ReactNode } from "react";
import type { TaskDetail } from "@/lib/model/task";

/** One component in one state. */
export type Story = { name: string; content: ReactNode };

/** Recorded tasks by the name of their situation. */
export type Recordings = readonly (readonly [name: string, detail: TaskDetail])[];

/** The instant at which the gallery's data was read. */
export const NOW = "2026-01-05T08:12:00.000Z";
