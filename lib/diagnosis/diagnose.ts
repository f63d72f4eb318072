import type { Iso } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";
import { toMs } from "../timeline/model.ts";
import { currentRun } from "../timeline/standing.ts";
import { explainEnded } from "./explain-ended.ts";
import { explainHazards } from "./explain-hazards.ts";
import { explainRunning } from "./explain-running.ts";
import { explainWaiting } from "./explain-waiting.ts";
import { type Diagnosis, readFacts } from "./facts.ts";
import { say } from "./parts.ts";

/**
 * Says in one or two sentences why a task is not moving, or how it ended, and what resolves it: the most specific thing
 * its rows tell. `now` is the engine's clock.
 *
 * What the engine does not record is not claimed: an overdue policy takes effect at the next claim on the queue, not
 * before; a cancelled run may still execute until its worker's next call. Delays and the handling of strategies are those
 * of schema 0.5.0.
 */
export function diagnose(detail: TaskDetail, now: Iso = detail.now): Diagnosis {
  const run = currentRun(detail);
  if (!run)
    return { tone: "bad", parts: say`No attempt is on record: the rows were changed by hand.` };
  const facts = readFacts(detail, run, toMs(now));
  return (
    explainEnded(facts) ?? explainHazards(facts) ?? explainRunning(facts) ?? explainWaiting(facts)
  );
}
