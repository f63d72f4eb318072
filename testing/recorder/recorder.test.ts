import { expect, test } from "vitest";
import { getTask } from "@/lib/analytics/task";
import { openTestDatabase } from "@/testing/dashboard-database";
import { getRecording } from "@/testing/recordings";
import { RECORDED_FROM, situations } from "./situations";
import { Stage } from "./stage";
import { getDetail, numberIds } from "./task-detail";
import { connectWithClock, TravellingClock } from "./travelling-clock";

const database = openTestDatabase();

/** The delay after which the SDK retries an unknown task depends on the run's random id. */
const VARIES = "unknown-task";

test.each(Object.entries(situations))(
  "%s: a new recording is equal and the dashboard returns the same task",
  async (name, play) => {
    const clock = new TravellingClock(RECORDED_FROM);
    const uninstall = clock.install();
    const pool = connectWithClock(database.url, clock);
    const stage = new Stage(pool, name, clock);
    try {
      await play(stage);
      const detail = await getDetail(pool, name, stage.taskId);
      if (name !== VARIES) expect(numberIds(stage.captured ?? detail)).toEqual(getRecording(name));
      expect(recorded(await getTask(name, stage.taskId))).toEqual(recorded(detail));
    } finally {
      uninstall();
      await pool.end();
    }
  },
);

/** The recorded part: the rows of the task. The dashboard has another clock, and adds the claims of its queue. */
function recorded<T extends { now: string; claims?: object }>({ now, claims, ...rest }: T) {
  return rest;
}
