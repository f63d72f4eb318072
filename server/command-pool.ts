import type { ConnectionTarget } from "@/lib/db/connection/connection-string";
import { DatabasePool } from "@/lib/db/connection/pool";

/**
 * The single connection of a command. It logs no outages, because the command reports the failure itself.
 *
 * @param limits timeouts in milliseconds.
 */
export function createCommandPool(
  command: string,
  target: ConnectionTarget,
  limits: { statementTimeout: number; lockTimeout: number },
): DatabasePool {
  return new DatabasePool(target, {
    applicationName: `absurd-dashboard ${command}`,
    max: 1,
    waitMs: 15_000,
    mostLagMs: Number.POSITIVE_INFINITY,
    readOnly: false,
    log: () => {},
    ...limits,
  });
}
