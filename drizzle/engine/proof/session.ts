import { Client } from "pg";

export type Row = Record<string, unknown>;

/** One database session, for tests that control which session holds or awaits a lock. */
export type Session = {
  client: Client;
  /** Process id of the server session, for `pg_blocking_pids`. */
  pid: number;
  /** Calls a function of the engine with positional, untyped arguments, as the clients do. */
  call: (name: string, ...args: unknown[]) => Promise<Row[]>;
  query: (text: string, values?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
};

/**
 * Opens a session with a lock timeout of ten seconds, so that a missing unlock fails the test instead of hanging it.
 */
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
 * Resolves once `waiter`, running `call`, waits for a lock of `holder`. Rejects if the call ends first, because
 * then it did not wait.
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
