"use client";
"use no memo";
import { useQuery } from "@tanstack/react-query";
import { Banner } from "@/components/ui/feedback/banner";
import { formatDuration } from "@/lib/format";
import { healthQuery } from "@/lib/query/health";

/** Lag, in seconds, from which an operator may miss recent changes. */
const NOTABLE_S = 5;

/**
 * Shown while pages are read from a replica that lags its primary. The lag is checked every 30 seconds with the
 * database status.
 */
export function ReplicaBanner() {
  return <ReplicaNote lagSeconds={useQuery(healthQuery()).data?.replicaLagSeconds} />;
}

export function ReplicaNote({ lagSeconds = 0 }: { lagSeconds: number | undefined }) {
  if (lagSeconds < NOTABLE_S) return null;
  return (
    <div className="px-3 pt-3 wide:px-4">
      <Banner tone="warning" icon="timer">
        <strong className="font-semibold">
          Pages are read from a replica, which was {formatDuration(lagSeconds * 1_000)} behind at
          the last check.
        </strong>{" "}
        What happened since then is not shown yet. Actions use the primary.
      </Banner>
    </div>
  );
}
