/**
 * Preloaded into every process that the demo starts. The process leads a group of its own, and its standard input is a
 * pipe that its owner holds open: when that closes, because the owner ends it or was killed, the whole group is asked
 * to end, and made to end a few seconds later.
 */
import { isMainThread } from "node:worker_threads";

const PATIENCE = 8_000;

// Descendants inherit the preload; only the leader of the group holds the leash.
if (isMainThread && !process.env.DEMO_LEASH) {
  process.env.DEMO_LEASH = String(process.pid);
  process.stdin.on("end", end).on("close", end).on("error", end).resume();
  // A process with nothing left to do must not stay alive for the leash.
  process.stdin.unref?.();
}

let isEnding = false;
function end() {
  if (isEnding) return;
  isEnding = true;
  process.kill(-process.pid, "SIGTERM");
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), PATIENCE).unref();
}
