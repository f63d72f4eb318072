type Task = { name: string; stop: () => void | Promise<void> };
type Shutdown = { started: AbortController; tasks: Set<Task> };

// Pages, routes, start-up code and the server around them are separate bundles of one process.
const KEY = Symbol.for("absurd-dashboard.shutdown");
const shared = globalThis as { [KEY]?: Shutdown };

function getShutdown(): Shutdown {
  shared[KEY] ??= { started: new AbortController(), tasks: new Set() };
  return shared[KEY];
}

/**
 * Aborted when the process begins to stop. A response that would never end by itself, such as an event stream, ends
 * then; a response that will end has the rest of the grace period.
 */
export function shutdownSignal(): AbortSignal {
  return getShutdown().started.signal;
}

/**
 * Registers what gives back leases, locks and connections. `stop` runs once, when the process begins to stop, beside the
 * requests that are still being answered.
 *
 * @returns a function that removes the registration.
 */
export function onShutdown(name: string, stop: Task["stop"]): () => void {
  const task = { name, stop };
  const { tasks } = getShutdown();
  tasks.add(task);
  return () => void tasks.delete(task);
}

/** Aborts the signal and runs every registered task. Never rejects: a task that fails is logged by name. */
export async function beginShutdown(): Promise<void> {
  const { started, tasks } = getShutdown();
  started.abort(new Error("The server is stopping."));
  await Promise.all(
    [...tasks].map(async ({ name, stop }) => {
      try {
        await stop();
      } catch (error) {
        console.error(JSON.stringify({ shutdown: name, error: (error as Error).name }));
      }
    }),
  );
}
