import { orderWithEverything } from "./situation-order";
import { activeSituations } from "./situations-active";
import { endedSituations } from "./situations-ended";
import { eventSituations } from "./situations-events";
import type { Stage } from "./stage";

/** Where every recording's clock starts. */
export const RECORDED_FROM = "2026-03-02T14:00:00.000Z";

/** Every situation that the timeline and the diagnosis handle, by the name of its recording. */
export const situations: Record<string, (stage: Stage) => Promise<void>> = {
  ...activeSituations,
  ...eventSituations,
  ...endedSituations,
  "order-with-everything": orderWithEverything,
};
