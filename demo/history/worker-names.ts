import type { Random } from "@/demo/random";

/** Name of a worker process on a given day: each day's deployment replaces the processes. */
export function workerOn(service: string, at: number, random: Random): string {
  const day = Math.floor(at / 86_400_000);
  const instance = random.int(1, 2);
  return `${service}-${instance}:${2_000 + ((day * 7_919 + instance * 104_729) % 28_000)}`;
}
