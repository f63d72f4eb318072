/**
 * Preloaded into every process that the demo starts. The process leads its own group, and its standard input is a pipe
 * held open by its owner. When the pipe closes, because the owner ends it or was killed, the whole group receives
 * SIGTERM, and SIGKILL a few seconds later.
 */
import { isMainThread } from "node:worker_threads";

const PATIENCE = 8_000;

// Descendants inherit the preload, but only the group's leader has the leash.
if (isMainThread && !process.env.DEMO_LEASH) {
  process.env.DEMO_LEASH = String(process.pid);
  process.stdin.on("end", end).on("close", end).on("error", end).resume();
  // A process with nothing left to do must not stay alive because of the leash.
  process.stdin.unref?.();
}

let isEnding = false;
function end() {
  if (isEnding) return;
  isEnding = true;
  process.kill(-process.pid, "SIGTERM");
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), PATIENCE).unref();
}
