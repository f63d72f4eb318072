import type { Run, TaskDetail } from "@/lib/model/task";
import type { Trace } from "./classify-checkpoint.ts";
import type { Lane } from "./model.ts";
import type { SpanPen } from "./span-pen.ts";

/** What building one lane takes: the rows, the lane's end and the pen that draws up to it. */
export type LaneDraft = {
  detail: TaskDetail;
  run: Run;
  to: number;
  pen: SpanPen;
  lane: Lane;
  /** When the run was claimed last, in milliseconds; `null` if it never was. */
  lastClaim: number | null;
  /** The trace drawn last, to tell what a claim that follows resumed from. */
  lastTrace: Trace | null;
};
