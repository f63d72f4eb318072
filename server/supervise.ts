/** A running part of a program: a server, a fleet of workers. */
export type Part = {
  name: string;
  stop: () => Promise<void>;
  /** Resolves when the part ended by itself; absent for parts that restart themselves. */
  ended?: Promise<unknown>;
};

export type Supervision = {
  /** Aborted when the user asks to stop. */
  signal: AbortSignal;
  /** Hands a part over as soon as it runs; parts are stopped in the reverse order. */
  add: (part: Part) => void;
};

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ctrl-C reaches this process from the terminal and again through npm; a later signal means that the user is impatient.
 */
const IMPATIENT_AFTER = 2_000;

/**
 * Runs a program of several parts: starts them, waits until it is asked to stop or one of them ends, and stops them
 * all, last one first, exactly once. Resolves with the exit code: 0 when a running program was asked to stop, 128 plus
 * the signal's number when that came before it was up, 1 when something went wrong.
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
      // Everything we started ends when we do.
      for (const name of Object.keys(SIGNALS)) process.on(name, () => process.exit(code));
    }, IMPATIENT_AFTER).unref();
  };
  for (const [name, code] of Object.entries(SIGNALS)) process.on(name, () => interrupt(code));
  watchParent(() => interrupt(SIGNALS.SIGHUP));
  // A terminal that was closed takes no output any more; that must not keep us from stopping the rest.
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

/** A killed npm can't forward a signal; this process then gets another parent. */
function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return;
  setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, 1_000).unref();
}
