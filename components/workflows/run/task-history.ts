import type { TaskDetail } from "@/lib/analytics/types";
import type { Timeline } from "@/lib/timeline/model";

/** A task of a run with its life. */
export type TaskHistory = { detail: TaskDetail; timeline: Timeline };
