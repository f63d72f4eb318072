import type { Workload } from "@/demo/workload";
import { agents } from "./agents";
import { documents } from "./documents";
import { ledger } from "./ledger";
import { maintenance } from "./maintenance";
import { media } from "./media";
import { orders } from "./orders";
import { payments } from "./payments";
import { reports } from "./reports";
import { suppliers } from "./suppliers";
import { wholesale } from "./wholesale";
import { workflows } from "./workflows";

/** All workloads of the demo's company. */
export const WORKLOADS: Record<string, Workload> = {
  orders,
  wholesale,
  suppliers,
  payments,
  ledger,
  reports,
  maintenance,
  agents,
  documents,
  media,
  workflows,
};
