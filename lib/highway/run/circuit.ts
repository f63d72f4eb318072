import { atomically } from "../../absurd/connection/atomically.ts";
import type { Queryable } from "../../absurd/connection/queryable.ts";
import { call } from "../../absurd/connection/sql.ts";
import type { Failure } from "../machine/states.ts";
import { parseDuration } from "../model/duration.ts";
import { listScopes } from "../model/scopes.ts";
import {
  type ActivityOperator,
  isCall,
  type ReflexiveOperator,
  type TaskOperator,
  type Workflow,
} from "../model/workflow.ts";
import type { Run } from "./run.ts";

type Caller = TaskOperator | ActivityOperator | ReflexiveOperator;

/** How long a probe is protected without a timeout policy, in seconds; renewed while it runs. */
const PROBE_SECONDS = 60;
/** Renewal within a day is frequent enough; longer intervals exceed the range of timers. */
const MAX_PROBE_SECONDS = 86_400;
/** Ten years. A date further ahead may not be representable. */
const MAX_ISOLATION_SECONDS = 315_360_000;
/** The largest `integer` of PostgreSQL. */
const MAX_INTEGER = 2 ** 31 - 1;

/** The migration that creates the table. */
const MIGRATION = "drizzle/dashboard/0004_highway_circuit.sql";

/** Whether some operator of a workflow has a circuit breaker that is honoured. */
export function usesCircuits(workflow: Workflow): boolean {
  return listScopes(workflow).some(({ scope }) =>
    [...scope.operators.values()].some((one) => isCall(one) && one.circuit_breaker_policy !== null),
  );
}

/** What a database without the table of circuits lacks, for workflows that use circuits. */
export async function findCircuitProblem(
  db: Queryable,
  workflow: Workflow,
): Promise<string | undefined> {
  if (!usesCircuits(workflow)) return undefined;
  const [row] = await call<{ exists: boolean }>(
    db,
    "select to_regclass('public.highway_circuit') is not null as exists",
  );
  if (row?.exists) return undefined;
  return `Workflow '${workflow.name}' uses circuit breakers, whose table is missing: apply the migration ${MIGRATION}.`;
}

/** The circuit of an operator, shared by all runs; `undefined` for an operator without a policy. */
export function openCircuit(run: Run, operator: Caller, path: string): Circuit | undefined {
  return operator.circuit_breaker_policy === null ? undefined : new Circuit(run, operator, path);
}

/** A circuit breaker whose state is shared through PostgreSQL. */
export class Circuit {
  private readonly key: string[];
  private readonly probeSeconds: number;

  constructor(
    private readonly run: Run,
    private readonly operator: Caller,
    path: string,
  ) {
    const inDefinition = path.replace(/\[\d+\]|~\d+|@[^/.[~]*/g, "");
    const tenant = run.headers.tenant_id;
    this.key = [typeof tenant === "string" ? tenant : "default", run.workflow.name, inDefinition];
    const limit = operator.timeout_policy && parseDuration(operator.timeout_policy.timeout);
    this.probeSeconds = Math.min(limit || PROBE_SECONDS, MAX_PROBE_SECONDS);
  }

  /**
   * Requests a call. An open circuit refuses it, unless its isolation is over and no other attempt probes: then
   * this one does.
   *
   * @returns the failure of a refused attempt.
   */
  async enter(): Promise<Failure | undefined> {
    return atomically(this.run.journal.execution.db, async (tx) => {
      const [row] = await call<{ state: string; until: string | null; is_over: boolean }>(
        tx,
        `select state,
                to_char(until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until,
                coalesce(until <= absurd.current_time(), true) as is_over
           from (select *, case when state = 'open' then retry_at else probe_until end as until
                   from public.highway_circuit
                  where tenant_id = $1 and workflow_name = $2 and operator = $3 for update) c`,
        this.key,
      );
      if (!row || row.state === "closed") return undefined;
      if (!row.is_over) {
        const message = `The circuit of '${this.operator.task_id}' is open until ${row.until}.`;
        return { type: "CircuitOpen", message, retry_at: row.until };
      }
      await call(
        tx,
        `update public.highway_circuit
            set state = 'half_open', probe_run = $4,
                successes = case when state = 'open' then 0 else successes end,
                probe_until = absurd.current_time() + make_interval(secs => $5),
                updated_at = absurd.current_time()
          where tenant_id = $1 and workflow_name = $2 and operator = $3`,
        [...this.key, this.run.journal.execution.runId, this.probeSeconds],
      );
      return undefined;
    });
  }

  /** Keeps this run's probe protected during `work`. */
  async whileProbing<T>(work: () => Promise<T>): Promise<T> {
    const renew = () =>
      call(
        this.run.journal.execution.db,
        `update public.highway_circuit
            set probe_until = absurd.current_time() + make_interval(secs => $5)
          where tenant_id = $1 and workflow_name = $2 and operator = $3
            and state = 'half_open' and probe_run = $4`,
        [...this.key, this.run.journal.execution.runId, this.probeSeconds],
      );
    // If a renewal fails, the only consequence is that another attempt may probe too.
    const timer = setInterval(() => renew().catch(() => {}), (this.probeSeconds * 1000) / 3);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Counts a success, in the transaction of the checkpoint that records it. */
  async succeed(tx: Queryable): Promise<void> {
    await call(
      tx,
      `update public.highway_circuit
          set failures = 0,
              state = case when state = 'half_open' and successes + 1 >= $4 then 'closed' else state end,
              successes = case when state = 'half_open' and successes + 1 < $4 then successes + 1 else 0 end,
              probe_run = null, probe_until = null,
              updated_at = absurd.current_time()
        where tenant_id = $1 and workflow_name = $2 and operator = $3
          and (state = 'half_open' or state = 'closed' and failures > 0)`,
      [...this.key, Math.min(this.policy.success_threshold, MAX_INTEGER)],
    );
  }

  /** Counts a failure, in the transaction of the checkpoint that records it. */
  async fail(tx: Queryable, type: string): Promise<void> {
    const { catch_exceptions: only, ignore_exceptions: ignored } = this.policy;
    if (ignored?.includes(type) || (only !== null && !only.includes(type))) return;
    const threshold = Math.min(this.policy.failure_threshold, MAX_INTEGER);
    const isolation = parseDuration(this.policy.isolation_duration) ?? 0;
    await call(
      tx,
      `insert into public.highway_circuit as c
         (tenant_id, workflow_name, operator, failures, state, retry_at, updated_at)
       values ($1, $2, $3, 1, case when $4 <= 1 then 'open' else 'closed' end,
               case when $4 <= 1 then absurd.current_time() + make_interval(secs => $5) end,
               absurd.current_time())
       on conflict (tenant_id, workflow_name, operator) do update
         set failures = c.failures + 1,
             successes = 0,
             state = case when c.state = 'half_open' or c.failures + 1 >= $4 then 'open' else 'closed' end,
             retry_at = case when c.state = 'half_open' or c.failures + 1 >= $4
                             then absurd.current_time() + make_interval(secs => $5) end,
             probe_run = null, probe_until = null,
             updated_at = absurd.current_time()
       where c.state <> 'open'`,
      [...this.key, threshold, Math.min(isolation, MAX_ISOLATION_SECONDS)],
    );
    await call(
      tx,
      `delete from public.highway_circuit
        where state = 'closed' and failures = 0
          and updated_at < absurd.current_time() - interval '30 days'
          and tenant_id = $1 and workflow_name = $2`,
      this.key.slice(0, 2),
    );
  }

  private get policy() {
    const policy = this.operator.circuit_breaker_policy;
    if (!policy) throw new Error("The operator has no circuit breaker.");
    return policy;
  }
}

/** The key of a circuit in the table. */
export type CircuitKey = { tenantId: string; workflowName: string; operator: string };

/**
 * Closes a circuit for an operator of the dashboard and resets its counters, unless the circuit has changed since
 * this revision. A probe in progress then counts like a call of a closed circuit when it ends.
 *
 * @param revision `updated_at` in seconds since the epoch, as text.
 * @returns whether the circuit was closed.
 */
export async function closeCircuit(
  db: Queryable,
  { tenantId, workflowName, operator }: CircuitKey,
  revision: string,
): Promise<boolean> {
  const rows = await call(
    db,
    `update public.highway_circuit
        set state = 'closed', failures = 0, successes = 0, retry_at = null, probe_run = null,
            probe_until = null, updated_at = absurd.current_time()
      where tenant_id = $1 and workflow_name = $2 and operator = $3 and state <> 'closed'
        and extract(epoch from updated_at)::text = $4
      returning 1`,
    [tenantId, workflowName, operator, revision],
  );
  return rows.length === 1;
}

/** Failures of the definition, and refusals, which show nothing about the called function. */
const NEVER_COUNTED = new Set([
  "CircuitOpen",
  "PreconditionFailed",
  "PostconditionFailed",
  "TemplateError",
  "UnknownFunction",
  "BadVerdict",
]);

/** How a failed attempt counts: to be called in the transaction that records it. */
export function toCount(
  circuit: Circuit | undefined,
  { type }: Failure,
): ((tx: Queryable) => Promise<void>) | undefined {
  if (!circuit || NEVER_COUNTED.has(type)) return undefined;
  return (tx) => circuit.fail(tx, type);
}
