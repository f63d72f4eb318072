import { headersFor, newOrder } from "@/demo/company";
import { ORDERS } from "@/demo/queues";
import type { Scene } from "../scene";
import { workerOn } from "../worker-names";

const LEASE = 60;

/** An order from the shop to the carrier, with the warehouse's task in parallel. */
export function orderStory(scene: Scene): void {
  const { random, at } = scene;
  const order = newOrder(random, new Date(at));
  const headers = headersFor(order.tenant, random);
  const express = random.chance(0.3);
  const outOfStock = random.chance(0.04);
  const pickSeconds = random.int(60, 5_400);
  const packWithinSeconds = 3_600;
  const event = `shipment.packed:${order.orderId}`;
  const worker = () => workerOn("orders", at, random);
  const task = scene.spawn(ORDERS, "fulfil-order", at, {
    params: {
      ...order,
      shipping: express ? "express" : "standard",
      ...(express && { packWithinSeconds }),
      ...(!outOfStock && { pickSeconds }),
    },
    headers,
    idempotencyKey: `order:${order.orderId}`,
    cancellation: { max_duration: 4 * 86_400 },
  });
  task
    .claim(worker(), LEASE)
    .step(
      "reserve-stock",
      { warehouse: outOfStock ? null : "OSL-2", lines: order.items.length },
      0.2,
    )
    .step("authorise-payment", { authorisation: `auth_${random.hex(16)}` }, 0.4);
  if (!outOfStock) {
    const pack = scene.spawn(ORDERS, "pick-and-pack", task.at, {
      params: { orderId: order.orderId, tenant: order.tenant, pickSeconds },
      headers,
      idempotencyKey: `pack:${order.orderId}`,
    });
    task.step("hand-to-warehouse", { taskID: pack.task.task_id, created: true }, 0.05);
    task.awaitEvent(event, express ? packWithinSeconds : undefined);
    const parcel = { parcelId: `P-${random.hex(8)}`, weightGrams: random.int(200, 9_000) };
    pack.claim(worker(), LEASE);
    pack
      .sleepUntil("wait-for-picker", pack.at + pickSeconds * 1_000)
      .claim(worker(), LEASE)
      .step("pick-items", undefined, random.unit())
      .step("pack-parcel", parcel, 0.1);
    const isLate = (task.wait?.timeout_at ?? Number.POSITIVE_INFINITY) <= pack.at;
    if (isLate) escalate();
    scene.emit(ORDERS, event, parcel, pack.at + 5);
    pack.complete(parcel, 0.02);
    if (isLate) return;
    const label = { carrier: "PostNord", trackingNumber: `JJFI${random.hex(12).toUpperCase()}` };
    task
      .claim(worker(), LEASE)
      .step("book-carrier", label, random.unit())
      .step("notify-customer", { sentTo: order.customer.email }, 0.1)
      .complete({ orderId: order.orderId, status: "shipped", ...label, parcelId: parcel.parcelId });
    return;
  }
  task.awaitEvent(event, express ? packWithinSeconds : undefined);
  if (express) escalate();
  // It can't be packed: some are cancelled by an operator, the rest by max_duration four days later.
  else task.cancel(task.at + (random.chance(0.5) ? random.int(3_600, 90_000) : 4 * 86_400) * 1_000);

  function escalate(): void {
    task
      .claim(worker(), LEASE)
      .step("escalate-to-support", { ticket: `SUP-${random.hex(6).toUpperCase()}` }, 0.1)
      .complete({ orderId: order.orderId, status: "escalated" });
  }
}

/** An order for an item that has been out of stock for days: still waiting, without a timeout. */
export function stuckOrderStory(scene: Scene): void {
  const { random, at } = scene;
  const order = newOrder(random, new Date(at));
  scene
    .spawn(ORDERS, "fulfil-order", at, {
      params: { ...order, shipping: "standard" },
      headers: headersFor(order.tenant, random),
      idempotencyKey: `order:${order.orderId}`,
    })
    .claim(workerOn("orders", at, random), LEASE)
    .step("reserve-stock", { warehouse: null, lines: order.items.length }, 0.2)
    .step("authorise-payment", { authorisation: `auth_${random.hex(16)}` }, 0.4)
    .awaitEvent(`shipment.packed:${order.orderId}`);
}

/** A catalogue read page by page; slow suppliers reach the maximum duration while sleeping. */
export function supplierStory(scene: Scene): void {
  const { random, at } = scene;
  const pages = random.int(3, 8);
  const supplier = random.pick(["alpenstoff", "fjell-import", "日本アウトドア"]);
  const pauseSeconds = supplier === "alpenstoff" ? 25 : 8;
  const tenant = random.pick(["nordlys", "mueller-soehne", "kyoto-gear"]);
  const task = scene.spawn(ORDERS, "sync-supplier-catalogue", at, {
    params: { supplier, tenant, pages, pauseSeconds },
    headers: headersFor(tenant, random),
    cancellation: { max_duration: 75 },
  });
  for (let page = 1; page <= pages; page++) {
    task.claim(workerOn("orders", at, random), LEASE);
    task.step("fetch-page", { page, products: 250 }, 0.3);
    if (page === pages) break;
    task.sleepUntil("respect-rate-limit", task.at + pauseSeconds * 1_000);
    const deadline = (task.task.first_started_at ?? at) + 75_000;
    if (task.run.available_at >= deadline) {
      task.cancel(deadline + random.int(50, 900));
      return;
    }
  }
  task.complete({ supplier, products: pages * 250 });
}
