import { headersFor, newOrder, TENANTS } from "@/demo/company";
import { type Capture, capture } from "@/demo/gateway";
import { BILLING, ORDERS } from "@/demo/queues";
import { newEntry } from "@/demo/workloads/ledger";
import { type ChargeCard, newCharge } from "@/demo/workloads/payments";
import type { Json } from "@/lib/model/json";
import type { PastTask } from "../past-task";
import type { Scene } from "../scene";
import { workerOn } from "../worker-names";

const LEASE = 60;
const BACKOFF = { kind: "exponential", base_seconds: 30, factor: 2 } as const;

/** A payment with its retries. During an outage the provider is unreachable for every card. */
export async function chargeStory(scene: Scene, outage: boolean): Promise<void> {
  const { random, at } = scene;
  const charge = newCharge(random, newOrder(random, new Date(at)));
  if (outage && random.chance(0.85))
    charge.provider = { fault: random.pick(["unreachable", "timeout"]), failures: 99 };
  await playCharge(scene, charge, at, headersFor(charge.tenant, random));
}

async function playCharge(
  scene: Scene,
  charge: ChargeCard,
  at: number,
  headers: Json,
): Promise<PastTask> {
  const { random } = scene;
  const task = scene.spawn(BILLING, "charge-card", at, {
    params: charge,
    headers,
    retry: BACKOFF,
    idempotencyKey: `charge:${charge.paymentId}`,
  });
  for (let failures = 0; task.isActive; failures++) {
    task.claim(workerOn("billing", task.at, random), LEASE);
    if (failures === 0)
      task.step("risk-check", { score: charge.amountCents % 100, rules: ["velocity", "geo"] }, 0.1);
    const { fault, failures: planned } = charge.provider;
    const outcome = await attempt(() => capture(charge, failures < planned ? fault : "none"));
    if ("error" in outcome) {
      task.fail(outcome.error, fault === "timeout" ? 10 : 0.3);
      continue;
    }
    task.step("capture", outcome.result, 0.4);
    task.step("book-revenue", { account: "3000", ...outcome.result }, 0.1).complete(outcome.result);
  }
  return task;
}

/** A refund with a max_duration of 40 seconds: while the provider is down, it is cancelled instead of retried. */
export async function refundStory(scene: Scene): Promise<void> {
  const { random, at } = scene;
  const charge = newCharge(random, newOrder(random, new Date(at)));
  const fault = random.pick(["none", "none", "timeout"] as const);
  const task = scene.spawn(BILLING, "refund-payment", at, {
    params: { ...charge, provider: { fault, failures: 99 } },
    headers: headersFor(charge.tenant, random),
    retry: { kind: "fixed", base_seconds: 15 },
    cancellation: { max_duration: 40 },
    idempotencyKey: `refund:${charge.paymentId}`,
  });
  while (task.isActive) {
    task.claim(workerOn("billing", at, random), LEASE);
    const outcome = await attempt(() => capture(charge, fault));
    if ("error" in outcome) task.fail(outcome.error, 1);
    else task.complete(outcome.result, 0.4);
  }
}

/** A wholesale order paid branch by branch: a parent in one queue, its children in another. */
export async function wholesaleStory(scene: Scene): Promise<void> {
  const { random, at } = scene;
  const order = newOrder(random, new Date(at));
  const headers = headersFor(order.tenant, random);
  const charges = Array.from({ length: random.int(3, 6) }, (_, branch) =>
    newCharge(random, { ...order, orderId: `${order.orderId}/${branch + 1}` }),
  );
  const parent = scene.spawn(ORDERS, "wholesale-order", at, {
    params: { orderId: order.orderId, tenant: order.tenant, charges },
    headers,
  });
  parent
    .claim(workerOn("orders", at, random), LEASE)
    .step("check-credit-limit", { approved: true, branches: charges.length }, 0.2);
  const children: PastTask[] = [];
  for (const charge of charges) {
    const child = await playCharge(scene, charge, parent.at, {
      ...headers,
      parent_task_id: parent.task.task_id,
    });
    parent.step("spawn-charge", child.task.task_id, 0.05);
    children.push(child);
  }
  const outcomes: string[] = [];
  for (const child of children) {
    while (parent.at < child.at)
      parent.heartbeat(Math.min(30, (child.at - parent.at) / 1000 + 0.5));
    const { state, completed_payload } = child.task;
    const { task_id } = child.task;
    const snapshot =
      state === "completed"
        ? { state, result: completed_payload?.json ?? null }
        : { state, failure: child.run.failure_reason?.json ?? null };
    parent.step(`$awaitTaskResult:${task_id}`, snapshot, 0.1);
    outcomes.push(state);
  }
  const paid = outcomes.filter((state) => state === "completed").length;
  parent.complete({ orderId: order.orderId, paid, outcomes });
}

export function ledgerStory(scene: Scene): void {
  const { random, at } = scene;
  const entry = newEntry(random, new Date(at));
  const event = `ledger.day-closed:${entry.account}`;
  const task = scene.spawn(BILLING, "post-ledger-entry", at, {
    params: entry,
    headers: { ...headersFor(entry.tenant, random), sequence: entry.entryId },
    maxAttempts: 2,
  });
  task
    .claim(workerOn("billing", at, random), LEASE)
    .step("validate-balance", undefined, 0.1)
    .awaitEvent(event);
  const closed = { lastEntryId: entry.entryId + 41n };
  scene.emit(BILLING, event, closed, task.at + random.int(1_000, 50_000));
  task.claim(workerOn("billing", at, random), LEASE).complete({ account: entry.account, closed });
}

/** A merchant's nightly report: requested in the evening, sleeping until the banks' cut-off times. */
export function reportStory(scene: Scene): void {
  const { random, at } = scene;
  const tenant = random.pick(TENANTS).id;
  const period = new Date(at).toISOString().slice(0, 10);
  const night = Date.parse(`${period}T02:30:00Z`) + 86_400_000;
  const cutOffs = [0, 900, 1_800].map((s) => new Date(night + s * 1_000).toISOString());
  const task = scene.spawn(BILLING, "nightly-revenue-report", at, {
    params: { tenant, period, cutOffs },
    headers: headersFor(tenant, random),
  });
  const claim = () => task.claim(workerOn("billing", task.run.available_at, random), LEASE);
  const totals: number[] = [];
  claim();
  for (const cutOff of cutOffs) {
    task.sleepUntil("wait-for-bank-cut-off", Date.parse(cutOff));
    claim();
    totals.push(random.int(40_000, 900_000));
    task.step("collect-captures", totals.at(-1) ?? 0, 0.8);
  }
  task
    .step("render-pdf", { file: `reports/${tenant}/${period}.pdf`, pages: 12 }, 2.5)
    .step("send", { to: `finance@${tenant}.example.com` }, 0.2)
    .complete({ tenant, period, totals });
}

/** The error of a real call, in the format in which the SDK stores it. */
async function attempt(
  call: () => Promise<Capture>,
): Promise<{ result: Capture } | { error: Json }> {
  try {
    return { result: await call() };
  } catch (error) {
    const { name, message, stack = null } = error as Error;
    return { error: { name, message, stack } };
  }
}
