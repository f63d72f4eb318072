import { Pool } from "pg";

const RealDate = Date;

/**
 * A clock that the recorder moves for both engine and SDK, so that a sleep of ten minutes takes no time. Every
 * statement advances it by three milliseconds, as on a real server, and recordings are reproducible.
 */
export class TravellingClock {
  private at: number;

  constructor(startsAt: string) {
    this.at = RealDate.parse(startsAt);
  }

  now(): number {
    return this.at;
  }

  advance(seconds: number): void {
    this.at += Math.round(seconds * 1000);
  }

  /**
   * The SDK plans sleeps by its process's clock. Replaces that clock with this one until the returned function is
   * called.
   */
  install(): () => void {
    const clock = this;
    globalThis.Date = class extends RealDate {
      constructor(...given: unknown[]) {
        super(...((given.length === 0 ? [clock.now()] : given) as [number]));
      }
      static override now() {
        return clock.now();
      }
    } as DateConstructor;
    return () => {
      globalThis.Date = RealDate;
    };
  }
}

/** One connection whose engine follows the clock, through the engine's setting for that purpose. */
export function connectWithClock(url: string, clock: TravellingClock): Pool {
  // The engine writes the end of a lost lease as text in the session's time zone.
  const pool = new Pool({ connectionString: url, max: 1, options: "-c timezone=UTC" });
  const query = pool.query.bind(pool) as (text: string, values?: unknown[]) => Promise<unknown>;
  const travel = async (text: string, values?: unknown[]) => {
    clock.advance(0.003);
    const instant = new RealDate(clock.now()).toISOString();
    await query("select set_config('absurd.fake_now', $1, false)", [instant]);
    return query(text, values);
  };
  return Object.assign(pool, { query: travel });
}
