import type { Metadata } from "next";
import { Suspense } from "react";
import { AllEvents } from "@/components/events/all-events";
import { EventListSkeleton } from "@/components/events/event-list";
import { Seeded } from "../seeded";
import { queuesSeed } from "../seeds";

export const metadata: Metadata = { title: "Events" };

export default function EventsPage() {
  return (
    <Suspense fallback={<EventListSkeleton />}>
      <Seeded seeds={[queuesSeed()]}>
        <AllEvents />
      </Seeded>
    </Suspense>
  );
}
