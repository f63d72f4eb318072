import { formatNumber, plural } from "@/lib/format";
import type { TaskDetail } from "@/lib/model/task";

type Rows = keyof NonNullable<TaskDetail["truncated"]>;

const NOUNS: Record<Rows, string> = { runs: "earlier attempt", checkpoints: "earlier step" };

/** Names the rows omitted for a task with too many attempts or steps: `7,315 earlier attempts not shown`. */
export function Omitted({ detail, of }: { detail: TaskDetail; of?: Rows }) {
  const { truncated, task } = detail;
  if (!truncated) return null;
  const kinds: Rows[] = of ? [of] : ["runs", "checkpoints"];
  const texts = kinds.flatMap((kind) => {
    const count = truncated[kind];
    if (count === undefined) return [];
    return count === "some" ? `some ${NOUNS[kind]}s` : plural(count, NOUNS[kind]);
  });
  if (texts.length === 0) return null;
  return (
    <p className="border-line-subtle border-b px-3 py-1.5 text-12 text-ink-2 wide:px-4">
      {texts.join(" and ")} not shown
      {truncated.runs !== undefined && ` (attempt ${formatNumber(task.attempts)} is the latest)`}.
    </p>
  );
}
