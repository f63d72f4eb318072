import { sql } from "drizzle-orm";
import { queueTablesOfAllTenants } from "@/lib/db/schema";
import type { Database } from "@/lib/db/snapshot";
import { listAwaited } from "@/lib/highway/machine/awaited-events";
import type { Iso } from "@/lib/model/instants";
import type { TaskDetail } from "@/lib/model/task";

type Asked = Pick<TaskDetail, "task" | "runs" | "checkpoints" | "waits">;

/** The events that tasks of one queue waited for, where their rows record it, and when they were emitted. */
export async function listEmissions(
  db: Database,
  queue: string,
  tasks: readonly Asked[],
): Promise<Pick<TaskDetail, "awaited" | "eventsEmittedAt">[]> {
  const asked = tasks.map((task) => ({
    names: eventNames(task),
    awaited: listAwaited(task.task, task.checkpoints),
  }));
  const all = asked.flatMap(({ names, awaited }) => [...names, ...Object.values(awaited ?? {})]);
  const emitted = await listEmissionTimes(db, queue, [...new Set(all)]);
  return asked.map(({ names, awaited }) => {
    const own = [...names, ...Object.values(awaited ?? {})];
    const eventsEmittedAt = Object.fromEntries(
      own.flatMap((name): [string, Iso][] => {
        const at = emitted.get(name);
        return at === undefined ? [] : [[name, at]];
      }),
    );
    return { eventsEmittedAt, ...(awaited && { awaited }) };
  });
}

/**
 * A wait names its event. After the wait, only the default name of its checkpoint contains it, possibly with a
 * counter.
 */
function eventNames({ runs, checkpoints, waits }: Asked): string[] {
  const awaited = checkpoints.flatMap(({ name }) => {
    const event = /^\$awaitEvent:(.*)$/s.exec(name)?.[1];
    return event === undefined ? [] : [event, event.replace(/#\d+$/, "")];
  });
  const current = [...waits.map((wait) => wait.eventName), ...runs.map((run) => run.wakeEvent)];
  return [...new Set([...awaited, ...current])].filter((name) => name !== null);
}

async function listEmissionTimes(
  db: Database,
  queue: string,
  names: readonly string[],
): Promise<Map<string, Iso>> {
  if (names.length === 0) return new Map();
  // The tasks themselves waited for these events, so their viewer may see when they were emitted, even later.
  const { events } = queueTablesOfAllTenants(queue);
  const rows = await db
    .select({ name: events.name, emittedAt: events.emittedAt })
    .from(events)
    .where(
      sql`${events.name} = any(${sql.param(names)}::text[]) and ${events.payload} is not null`,
    );
  return new Map(rows.map((row) => [row.name, row.emittedAt]));
}
