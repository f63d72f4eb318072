import { type BenchQueue, DAYS, NAMES } from "./sizes";

const DAY = 86_400_000;

/** A queue to fill: `tasks` rows up to `now`, in milliseconds. */
export type Filling = { queue: BenchQueue; tasks: number; now: number };

/**
 * The tasks of a queue as a subquery, oldest first, with the values from which the rows of all its tables are derived.
 * Everything follows from the row's number, so that the tables are consistent and each load is the same: 91 %
 * completed, 4 % failed after three attempts, 2 % cancelled, 3 % active, of which the pending and running ones are from
 * the last day and the sleeping ones from any time. 1.15 attempts per task.
 */
export function tasksOf({ queue, tasks, now }: Filling): string {
  const seed = `hashtext('${queue.name}')`;
  const random = (salt: number) => `(hashint8extended(n, ${seed} + ${salt}) & 9223372036854775807)`;
  const length = DAYS * DAY;
  return `
    select *, to_timestamp(ms / 1000.0) as at,
      case when state = 'failed' then 3 when state = 'sleeping' and r3 % 10 < 3 then 2
        when state = 'completed' and r3 % 13 = 0 then 2 else 1 end as attempts
    from (
      select *,
        case
          when r1 < 18 then 'sleeping'
          when n > ${tasks} * 0.96 and r1 between 100 and 369 then 'pending'
          when n > ${tasks} * 0.96 and r1 between 370 and 399 then 'running'
          when ms > ${now - 300_000} then 'pending'
          when r1 between 18 and 57 then 'failed'
          when r1 between 58 and 77 then 'cancelled'
          else 'completed'
        end as state
      from (
        select n, md5('${queue.name}' || n) as key,
          ${now}::bigint - floor(${length}.0 * (1 - n::float8 / ${tasks}))::bigint as ms,
          ${random(1)} % 1000 as r1, ${random(2)} % 100000 as r2, ${random(3)} % 1000003 as r3
        from generate_series(1, ${tasks}) n
      ) numbers
    ) states`;
}

/** A UUIDv7 from the row's time and the attempt's number; attempt 0 is the task itself. */
export function idOf(attempt: string | number): string {
  return `(lpad(to_hex(ms + greatest(${attempt} - 1, 0) * 60000), 12, '0') || '7' || substr(key, 1, 3) || '8'
    || ${attempt} || substr(key, 4, 14))::uuid`;
}

/** Every attempt starts up to five seconds after it is due, and takes up to twenty. */
export const startOf = (attempt: string) =>
  `at + ((${attempt} - 1) * 60 + r3 % 5000 / 1000.0) * interval '1 second'`;
export const endOf = (attempt: string) =>
  `at + ((${attempt} - 1) * 60 + r3 % 5000 / 1000.0 + r2 % 20000 / 1000.0) * interval '1 second'`;

export const NAME = `('{${NAMES.join(",")}}'::text[])[floor(power(${NAMES.length + 1}, r2 / 100000.0))::int]`;

const ERRORS = [
  "TimeoutError",
  "CardDeclined",
  "RateLimited",
  "ConnectionReset",
  "ValidationError",
];

/** Errors of a handful of kinds with varying values in their messages, and a traceback. */
export const ERROR = `jsonb_build_object('name', ('{${ERRORS.join(",")}}'::text[])[1 + r2 % ${ERRORS.length}],
  'message', 'request ' || r3 || ' for customer c-' || r2 || ' gave up after ' || r1 || ' ms',
  'stack', repeat('at handle (worker.js:' || r1 || ')' || chr(10), 12))`;
