import { EmptyState } from "@/components/ui/feedback/empty-state";

/** The engine is there, but nobody has created a queue. */
export function NoQueues() {
  return (
    <EmptyState icon="rows-3" title="No queue yet">
      <p>The schema is installed and has no queue. Create one, then point a worker at it.</p>
      <pre className="mono mt-3 rounded-2 bg-sunken px-3 py-2 text-left">
        <span className="text-ink-3">sql&gt; </span>
        {"select absurd.create_queue('orders');"}
      </pre>
    </EmptyState>
  );
}
