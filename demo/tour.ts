import { Pool } from "pg";
import { queueTable } from "@/lib/absurd/connection/sql";
import { AGENTS, BILLING, MEDIA, ORDERS } from "./queues";

/** Suggests what newcomers can try first, with links to rows that currently exist. */
export async function suggestTour(databaseUrl: string, url: string): Promise<string> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  try {
    const stuck = await pool.query<{ id: string; event: string }>(
      `select task_id as id, event_name as event from ${queueTable("w", ORDERS)}
       where timeout_at is null order by run_id limit 1`,
    );
    const agent = await pool.query<{ id: string }>(
      `select task_id as id from ${queueTable("t", AGENTS)}
       where task_name = 'support-agent' and state = 'completed' order by task_id desc limit 1`,
    );
    const tasks = (queue: string, query: string) =>
      `${url}/queues/${encodeURIComponent(queue)}/tasks${query}`;
    const waiting = stuck.rows[0];
    const conversation = agent.rows[0];
    const ideas = [
      [
        "Payments that used up their attempts in yesterday's outage: open one and retry it",
        tasks(BILLING, "?state=failed&name=charge-card"),
      ],
      ...(waiting
        ? [
            [
              `An order that waits for goods: emit ${waiting.event} and watch it go on`,
              tasks(ORDERS, `/${waiting.id}`),
            ],
          ]
        : []),
      ...(conversation
        ? [["An AI agent's timeline, step by step", tasks(AGENTS, `/${conversation.id}`)]]
        : []),
      [
        "A loan that waits for a person: open its run, and emit its approval from the graph",
        `${url}/workflows?name=credit_review&status=running`,
      ],
      [
        "A report asleep until the bank's cut-off: reschedule it to now",
        tasks(BILLING, "?state=sleeping&name=hourly-settlement,nightly-revenue-report"),
      ],
      [
        "Pictures that killed their worker: see the lost lease and the second attempt",
        tasks(MEDIA, "?name=render-thumbnails"),
      ],
    ];
    return ideas.map(([what, link], index) => `  ${index + 1}. ${what}\n     ${link}`).join("\n");
  } finally {
    await pool.end();
  }
}
