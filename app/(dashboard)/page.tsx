import type { Metadata } from "next";
import { Suspense } from "react";
import { Overview, OverviewSkeleton } from "@/components/queues/overview";
import { Seeded } from "./seeded";
import { queuesSeed } from "./seeds";

export const metadata: Metadata = { title: "Overview" };

export default function OverviewPage() {
  return (
    <Suspense fallback={<OverviewSkeleton />}>
      <Seeded seeds={[queuesSeed()]}>
        <Overview />
      </Seeded>
    </Suspense>
  );
}
