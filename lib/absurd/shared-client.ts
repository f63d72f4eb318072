import { AbsurdClient } from "./absurd-client.ts";
import type { ClientOptions } from "./client-options.ts";
import { InvalidArgumentError } from "./errors.ts";

let shared: { client: AbsurdClient; options: ClientOptions } | undefined;

/**
 * The client of this process, built at the first call. Later calls may repeat options; leaving them out is fine.
 *
 * @throws InvalidArgumentError when a later call asks for something else than the first one got.
 */
export function getAbsurdClient(options: ClientOptions = {}): AbsurdClient {
  shared ??= { client: new AbsurdClient(options), options };
  const { client } = shared;
  const settled: ClientOptions = {
    ...shared.options,
    queueName: client.queueName,
    workerId: client.workerId,
  };
  for (const key of Object.keys(options) as (keyof ClientOptions)[])
    if (options[key] !== undefined && options[key] !== settled[key])
      throw new InvalidArgumentError(`The client of this process was built with another ${key}.`);
  return client;
}

/** Forgets the client of this process, so that the next call builds a new one. For tests. */
export function resetAbsurdClient(): void {
  shared = undefined;
}
