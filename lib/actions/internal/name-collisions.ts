import { getCapabilities } from "@/lib/absurd/connection/capabilities";
import type { Queryable } from "@/lib/absurd/connection/queryable";
import { getQueuePolicy } from "@/lib/absurd/queues/queues";
import { ProblemError } from "@/lib/model/problem";
import type { StorageMode } from "@/lib/model/queue";

/**
 * The suffix that the engine appends to the name of a partitioned queue: `d` for the default partition, or year and
 * week.
 */
const PARTITION = /^(.+)_(d|\d{3})$/s;

/**
 * Checks that no table of a new queue has the name of another queue's partition: the engine does not check this
 * and would share the table.
 *
 * @throws ProblemError `name_collides`
 */
export async function refuseCollision(
  db: Queryable,
  { queue, storageMode }: { queue: string; storageMode: StorageMode },
  names: readonly string[],
): Promise<void> {
  const parent = PARTITION.exec(queue)?.[1];
  if (parent !== undefined && names.includes(parent) && (await isPartitioned(db, parent)))
    throw collides(queue, `the partitioned queue "${parent}" would call a partition the same`);
  const child = names.find((name) => PARTITION.exec(name)?.[1] === queue);
  if (storageMode === "partitioned" && child !== undefined)
    throw collides(queue, `the tables of the queue "${child}" are called like its partitions`);
}

async function isPartitioned(db: Queryable, queue: string): Promise<boolean> {
  const { features } = await getCapabilities(db);
  if (!features.has("queue policies")) return false;
  return (await getQueuePolicy(db, queue))?.storageMode === "partitioned";
}

function collides(queue: string, because: string): ProblemError {
  return new ProblemError({
    code: "name_collides",
    message: `"${queue}" cannot be the name: ${because}.`,
    hint: "Choose a name that does not end in _d or in three digits.",
  });
}
