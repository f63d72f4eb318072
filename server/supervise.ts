/** A running part of a program: a server, a fleet of workers. */
export type Part = {
  name: string;
  stop: () => Promise<void>;
  /** Resolves when the part ends unexpectedly; absent for parts that restart themselves. */
  ended?: Promise<unknown>;
};

export type Supervision = {
  /** Aborted when the user requests a stop. */
  signal: AbortSignal;
  /** Registers a part as soon as it runs; parts are stopped in reverse order. */
  add: (part: Part) => void;
};

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ctrl-C reaches this process from the terminal and again through npm; only a signal later than this means that the
 * user is impatient. Milliseconds.
 */
const IMPATIENT_AFTER = 2_000;

/**
 * Runs a program of several parts: starts them, waits for a stop signal or for one of them to end, and stops them all
 * exactly once, last one first. Resolves to the exit code: 0 if a running program received a stop signal, 128 plus the
 * signal's number if it arrived during the start, and 1 on an error.
 */
export async function supervise(
  start: (supervision: Supervision) => Promise<void>,
): Promise<number> {
  const parts: Part[] = [];
  const interruption = new AbortController();
  const interrupted = new Promise<void>((resolve) =>
    interruption.signal.addEventListener("abort", () => resolve()),
  );
  let isUp = false;
  let exitCode = 0;
  const interrupt = (code: number) => {
    if (interruption.signal.aborted) return;
    if (!isUp) exitCode ||= code;
    console.log("\nStopping…");
    interruption.abort(new Error("interrupted"));
    setTimeout(() => {
      // Everything we started ends when this process does.
      for (const name of Object.keys(SIGNALS)) process.on(name, () => process.exit(code));
    }, IMPATIENT_AFTER).unref();
  };
  for (const [name, code] of Object.entries(SIGNALS)) process.on(name, () => interrupt(code));
  watchParent(() => interrupt(SIGNALS.SIGHUP));
  // A closed terminal rejects output; that must not prevent stopping the rest.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});

  try {
    await start({ signal: interruption.signal, add: (part) => parts.push(part) });
    isUp = !interruption.signal.aborted;
    const lost = await Promise.race([interrupted, ...parts.flatMap(ending)]);
    if (lost) throw new Error(`The ${lost} ended unexpectedly.`);
  } catch (error) {
    if (!interruption.signal.aborted) {
      console.error(`\n${error instanceof Error ? error.message : error}`);
      exitCode = 1;
    }
  }
  for (const part of parts.reverse()) await part.stop();
  if (interruption.signal.aborted) console.log("Stopped.");
  return exitCode;
}

function ending(part: Part): Promise<string>[] {
  return part.ended ? [part.ended.then(() => part.name)] : [];
}

/** A killed npm can't forward a signal, but this process then gets another parent. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, 1_000).unref();
}
