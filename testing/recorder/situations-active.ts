import type { Stage } from "./stage";

/** Active tasks, one situation each. */
export const activeSituations: Record<string, (stage: Stage) => Promise<void>> = {
  queued: async (stage) => {
    await stage.spawn();
    stage.pass(5);
  },

  "queued-max-delay-ahead": async (stage) => {
    await stage.spawn({ cancellation: { maxDelay: 600 } });
    stage.pass(90);
  },

  "queued-max-delay-overdue": async (stage) => {
    await stage.spawn({ cancellation: { maxDelay: 60 } });
    stage.pass(90);
  },

  "poisoned-policy": async (stage) => {
    await stage.spawn({ cancellation: { maxDelay: 1.5 } });
    stage.pass(5);
  },

  forked: async (stage) => {
    await stage.spawn();
    for (const step of ["validate-order", "reserve-stock"])
      await stage.sql("select absurd.set_task_checkpoint_state($1, $2, $3, $4, $5, 0)", [
        stage.queue,
        stage.taskId,
        step,
        "true",
        stage.runId,
      ]);
    stage.pass(4);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => true);
      await ctx.step("reserve-stock", async () => true);
      await ctx.step("charge-card", async () => stage.pass(3));
      stage.pass(2);
      await stage.capture();
    });
  },

  running: async (stage) => {
    await stage.spawn();
    stage.pass(2);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.step("reserve-stock", async () => stage.pass(2.6));
      stage.pass(18);
      await stage.capture();
    });
  },

  "running-last-attempt": async (stage) => {
    await stage.spawn({ maxAttempts: 1, cancellation: { maxDuration: 3600 } });
    stage.pass(2);
    await stage.work("worker-a", async () => {
      stage.pass(18);
      await stage.capture();
    });
  },

  "running-past-max-duration": async (stage) => {
    await stage.spawn({ cancellation: { maxDuration: 30 } });
    stage.pass(2);
    await stage.work("worker-a", async () => {
      stage.pass(45);
      await stage.capture();
    });
  },

  "running-strategy-invalid": async (stage) => {
    await stage.spawn();
    await stage.sql(`update {t} set retry_strategy = '{"kind":"fixed","base_seconds":100000}'`);
    stage.pass(2);
    await stage.work("worker-a", async () => {
      stage.pass(18);
      await stage.capture();
    });
  },

  "lease-expired": async (stage) => {
    await stage.spawn({ retryStrategy: { kind: "fixed", baseSeconds: 30 } });
    stage.pass(2);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      stage.pass(75);
      await stage.capture();
    });
  },

  "running-without-lease": async (stage) => {
    await stage.spawn();
    stage.pass(2);
    await stage.work(
      "worker-a",
      async () => {
        stage.pass(700);
        await stage.capture();
      },
      0,
    );
  },

  "sleeping-durable": async (stage) => {
    await stage.spawn();
    stage.pass(2);
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("validate-order", async () => stage.pass(0.6));
      await ctx.sleepFor("cool-off", 600);
    });
    stage.pass(200);
  },

  "sleep-overdue": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.sleepFor("cool-off", 60));
    stage.pass(98);
  },

  "sleep-moved-to-now": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", (ctx) => ctx.sleepFor("cool-off", 600));
    stage.pass(100);
    await stage.sql(
      `with moved as (update {r} set available_at = absurd.current_time() returning task_id, available_at)
       update {c} c set state = to_jsonb(to_char(available_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
         from moved where c.task_id = moved.task_id`,
    );
    stage.pass(3);
    await stage.work("worker-b", async (ctx) => {
      await ctx.sleepFor("cool-off", 600);
      await ctx.step("charge-card", async () => stage.pass(2));
      stage.pass(1);
      await stage.capture();
    });
  },

  "returned-a-date": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", async (ctx) => {
      await ctx.step("plan-delivery", async () => {
        stage.pass(2);
        return new Date(Date.now() + 3_600_000).toISOString();
      });
      stage.pass(5);
      await stage.capture();
    });
  },

  "unknown-task": async (stage) => {
    await stage.spawn();
    stage.pass(10);
    await stage.poll("worker-old-deploy");
    stage.pass(40);
    await stage.poll("worker-old-deploy");
    stage.pass(6);
  },

  "put-aside": async (stage) => {
    await stage.spawn();
    await stage.work("worker-a", async () => {
      stage.pass(4);
      await stage.sql(
        "select absurd.schedule_run($1, $2, absurd.current_time() + interval '10 minutes')",
        [stage.queue, stage.runId],
      );
      return stage.vanish();
    });
    stage.pass(60);
  },

  "backoff-exponential": async (stage) => {
    await stage.spawn({ retryStrategy: { kind: "exponential", baseSeconds: 30 } });
    await failAttempts(stage, 1);
    stage.pass(60);
    await failAttempts(stage, 1);
    stage.pass(18);
  },

  "backoff-overdue": async (stage) => {
    await stage.spawn({ retryStrategy: { kind: "fixed", baseSeconds: 30 } });
    await failAttempts(stage, 1);
    stage.pass(125);
  },

  "retry-at-once": async (stage) => {
    await stage.spawn();
    await failAttempts(stage, 1);
    stage.pass(3);
  },

  "retried-by-hand": async (stage) => {
    await stage.spawn({ maxAttempts: 1 });
    await failAttempts(stage, 1);
    stage.pass(3600);
    await stage.retry();
    stage.pass(8);
  },
};

/** Claims and fails the task this number of times, each after half a second of work. */
export async function failAttempts(stage: Stage, times: number): Promise<void> {
  for (let attempt = 0; attempt < times; attempt++)
    await stage.work("worker-a", async () => {
      stage.pass(0.5);
      throw Object.assign(new Error("gateway did not answer in 30 s"), { name: "GatewayError" });
    });
}
