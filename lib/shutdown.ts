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
 * Aborted when the process starts to stop. A response without an end of its own, such as an event stream, ends
 * then; any other response has the rest of the grace period.
 */
export function shutdownSignal(): AbortSignal {
  return getShutdown().started.signal;
}

/**
 * Registers a task that releases leases, locks or connections. `stop` runs once, when the process starts to stop,
 * while open requests are still being answered.
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
