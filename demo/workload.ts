import type { Absurd } from "absurd-sdk";
import type { Pool } from "pg";
import type { Random } from "./random";

/** What a workload uses to spawn its work. */
export type Traffic = {
  app: Absurd;
  /** For what the SDK can't send exactly, such as integers beyond 2^53. */
  pool: Pool;
  random: Random;
};

/** One kind of work of the demo: the handlers that do it, and how it arrives. */
export type Workload = {
  /** Queue whose workers do it. */
  queue: string;
  /** Mean number of seconds between arrivals. */
  every: number;
  /** Registers its tasks with a worker. */
  register: (app: Absurd, pool: Pool) => void;
  /** Spawns one unit of work. */
  arrive: (traffic: Traffic) => Promise<void>;
};

/** Waits as long as a step's work takes. */
export function work(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
