import type { Absurd } from "absurd-sdk";
import type { Pool } from "pg";
import type { Random } from "./random";

/** What workloads use to spawn tasks. */
export type Traffic = {
  app: Absurd;
  /** For values that the SDK can't send exactly, such as integers beyond 2^53. */
  pool: Pool;
  random: Random;
};

/** One kind of work in the demo: its handlers, and how it arrives. */
export type Workload = {
  /** Queue of its tasks. */
  queue: string;
  /** Mean number of seconds between arrivals. */
  every: number;
  /** Registers its tasks with a worker. */
  register: (app: Absurd, pool: Pool) => void;
  /** Spawns one unit of work. */
  arrive: (traffic: Traffic) => Promise<void>;
};

/** Waits for the duration of a step's work. */
export function work(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
