import { Client } from "pg";

export type Row = Record<string, unknown>;

/** One database session, for tests in which it matters which session holds or awaits a lock. */
export type Session = {
  client: Client;
  /** Server process, as `pg_blocking_pids` knows it. */
  pid: number;
  /** Calls a function of the engine with positional, untyped arguments, as the clients do. */
  call: (name: string, ...args: unknown[]) => Promise<Row[]>;
  query: (text: string, values?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
};

/** Opens a session whose lock waits end after ten seconds, so that a lost lock fails a test and never hangs it. */
export async function openSession(url: string): Promise<Session> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("set timezone = 'UTC'; set lock_timeout = '10s'");
  const query = async (text: string, values?: unknown[]) => (await client.query(text, values)).rows;
  const [backend] = await query("select pg_backend_pid() as pid");
  return {
    client,
    pid: Number(backend?.pid),
    call: (name, ...args) => {
      const parameters = args.map((_, index) => `$${index + 1}`).join(", ");
      return query(`select * from absurd.${name}(${parameters})`, args);
    },
    query,
    close: () => client.end(),
  };
}

/**
 * Resolves when `waiter`, busy with `call`, waits for a lock that `holder` holds. Rejects when the call ends first:
 * it did not wait.
 */
export async function untilBlocked(
  observer: Session,
  call: Promise<unknown>,
  waiter: Session,
  holder: Session,
): Promise<void> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.then(end, end);
  while (!ended) {
    const [row] = await observer.query("select $1 = any(pg_blocking_pids($2)) as blocked", [
      holder.pid,
      waiter.pid,
    ]);
    if (row?.blocked) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error("the call ended without waiting for the lock");
}
