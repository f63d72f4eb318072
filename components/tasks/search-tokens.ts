import { TASK_STATES, type TaskState } from "@/lib/absurd/types";
import type { TaskFilters } from "@/lib/search-params/tasks";

/** What one typed word asks for, or why it cannot be understood. */
export type Understood =
  | { filters: Partial<TaskFilters> }
  | { openId: string }
  | { problem: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads `state:failed,running`, `name:charge-card`, `queue:orders`, `id:01a2f6`, a whole id, or a bare task name. */
export function understand(text: string, filters: TaskFilters): Understood {
  const typed = text.trim();
  if (UUID.test(typed)) return { openId: typed.toLowerCase() };
  const match = /^(state|name|queue|id):(.+)$/.exec(typed);
  if (!match?.[2]) return { filters: { name: add(filters.name, [typed]) } };
  const values = match[2].split(",").filter(Boolean);
  switch (match[1]) {
    case "state": {
      const unknown = values.find((value) => !TASK_STATES.some((state) => state === value));
      if (unknown) return { problem: `${unknown} is no state: ${TASK_STATES.join(", ")}` };
      return { filters: { state: add(filters.state, values as TaskState[]) } };
    }
    case "queue":
      return { filters: { queue: add(filters.queue, values) } };
    case "id":
      return /^[0-9a-f-]{2,36}$/i.test(match[2])
        ? { filters: { id: match[2].toLowerCase() } }
        : { problem: "An id is made of the digits 0-9 and a-f" };
    default:
      return { filters: { name: add(filters.name, [match[2]]) } };
  }
}

/** The filters as the chips a reader can remove: what each says, and what remains without it. */
export function chipsOf(
  filters: TaskFilters,
): { key: string; value: string; without: Partial<TaskFilters> }[] {
  const chips: ReturnType<typeof chipsOf> = [];
  if (filters.state.length > 0)
    chips.push({ key: "state", value: filters.state.join(","), without: { state: [] } });
  for (const name of filters.name)
    chips.push({ key: "name", value: name, without: { name: drop(filters.name, name) } });
  for (const queue of filters.queue)
    chips.push({ key: "queue", value: queue, without: { queue: drop(filters.queue, queue) } });
  if (filters.id) chips.push({ key: "id", value: filters.id, without: { id: null } });
  return chips;
}

const add = <T>(to: readonly T[], values: readonly T[]) => [...new Set([...to, ...values])];
const drop = (from: readonly string[], value: string) => from.filter((item) => item !== value);
