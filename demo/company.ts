import type { JsonObject } from "absurd-sdk";
import type { Random } from "./random";

/** Merchants on the platform whose system the demo simulates. */
export const TENANTS = [
  { id: "nordlys", name: "Nordlys Outdoor AS", currency: "NOK" },
  { id: "mueller-soehne", name: "Müller & Söhne GmbH", currency: "EUR" },
  { id: "kyoto-gear", name: "京都ギア株式会社", currency: "JPY" },
  { id: "casa-lume", name: "Casa Lumé, Lda", currency: "EUR" },
  { id: "okonkwo", name: "Okonkwo Textiles", currency: "NGN" },
  { id: "obrien", name: "O'Brien & Sons", currency: "GBP" },
] as const;

const CUSTOMERS = [
  "Ingrid Bjørnstad",
  "Jürgen Weiß",
  "山田 太郎",
  "José Núñez",
  "Ngozi Okonkwo",
  "Seán Ó Briain",
  "Zoë Grünwald",
  "Łukasz Wiśniewski",
  "אורי כהן",
  "Ada 👩‍🚀 Lindqvist",
  "Siobhán O'Neill",
  "Priya Raghunathan",
] as const;

const PRODUCTS = [
  { sku: "TENT-2P-GRN", name: "Two-person tent, moss", cents: 34_900 },
  { sku: "STOVE-GAS-S", name: "Gas stove, small", cents: 5_490 },
  { sku: "BAG-DOWN-0C", name: "Down sleeping bag, 0 °C", cents: 22_900 },
  { sku: "ROPE-60M-9", name: "Rope 60 m × 9.2 mm", cents: 17_900 },
  { sku: "SOCK-WOOL-42", name: "Wool socks, 42", cents: 1_990 },
  { sku: "LAMP-HEAD-4", name: 'Head lamp "Nord 4"', cents: 6_990 },
  { sku: "MUG-ENAMEL", name: "Enamel mug", cents: 1_290 },
  { sku: "KNIFE-9CM", name: "Carving knife, 9 cm", cents: 4_900 },
] as const;

export type Order = {
  orderId: string;
  tenant: string;
  customer: { name: string; email: string };
  items: { sku: string; name: string; quantity: number; cents: number }[];
  totalCents: number;
  currency: string;
};

/** A business number that grows with time and is unique per millisecond, e.g. `ORD-SQ5K1B7`. */
export function numberAt(prefix: string, at: Date): string {
  return `${prefix}-${(at.getTime() - Date.UTC(2020)).toString(36).toUpperCase()}`;
}

export function newOrder(random: Random, at: Date): Order {
  const tenant = random.pick(TENANTS);
  const customer = random.pick(CUSTOMERS);
  const items = Array.from({ length: random.int(1, 4) }, () => ({
    ...random.pick(PRODUCTS),
    quantity: random.int(1, 3),
  }));
  return {
    orderId: numberAt("ORD", at),
    tenant: tenant.id,
    customer: { name: customer, email: `customer-${random.int(1_000, 9_999)}@example.com` },
    items,
    totalCents: items.reduce((sum, item) => sum + item.quantity * item.cents, 0),
    currency: tenant.currency,
  };
}

/** Headers of every task: its tenant, its business process and the request that caused it. */
export function headersFor(tenant: string, random: Random): JsonObject {
  return { tenant_id: tenant, workflow_run_id: random.uuid(), trace_id: random.hex(32) };
}
