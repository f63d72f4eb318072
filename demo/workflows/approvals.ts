import type { Pool } from "pg";
import { WORKFLOWS } from "@/demo/queues";
import { createRandom } from "@/demo/random";
import { queueTable } from "@/lib/absurd/connection/sql";
import { emitEvent } from "@/lib/absurd/events/events";

/** Seconds that an application waits before the demo's colleague decides it. */
const AFTER = 30;

/**
 * Decides some of the applications that wait for a person, after a while. The choice depends on their names, so the
 * others are left to the user of the dashboard.
 */
export async function decideSome(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ event: string }>(
    `select distinct event_name as event from ${queueTable("w", WORKFLOWS)}
      where event_name like 'approval:%' and created_at < now() - make_interval(secs => $1)`,
    [AFTER],
  );
  for (const { event } of rows) {
    const random = createRandom(event);
    if (random.chance(0.5))
      await emitEvent(pool, WORKFLOWS, event, {
        approved: random.chance(0.7),
        by: "ines@example.com",
      });
  }
}
