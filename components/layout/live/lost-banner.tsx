"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Banner } from "@/components/ui/feedback/banner";
import { Button } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import { useZone } from "@/components/ui/text/zone";
import { formatClock, formatRelative } from "@/lib/format";
import { healthQuery } from "@/lib/query/health";
import { markLive, useConnection } from "./connection";

const TRY_EVERY_MS = 3_000;

/** While reads fail: says so, keeps trying, and brings every figure up to date once the database answers again. */
export function LostBanner() {
  const { lostAt, at, what } = useConnection();
  const lost = lostAt !== null;
  const client = useQueryClient();
  const health = useQuery({
    ...healthQuery(),
    enabled: lost,
    refetchInterval: lost && TRY_EVERY_MS,
    refetchIntervalInBackground: true,
  });
  const back = lost && health.data?.database === "up" && health.dataUpdatedAt > lostAt;
  useEffect(() => {
    if (!back) return;
    markLive();
    client.invalidateQueries();
  }, [back, client]);
  const zone = useZone();
  const ago = useClock(() => (lostAt === null ? "" : lostWords(Date.now() - lostAt)));
  if (!lost) return null;
  return (
    <div className="px-3 pt-3 wide:px-4">
      <Banner
        tone="bad"
        icon="unplug"
        action={
          <Button onClick={() => health.refetch()}>
            <Icon name="refresh-cw" size={14} />
            Try now
          </Button>
        }
      >
        <strong className="font-semibold">
          Lost the {what === "server" ? "dashboard’s server" : "database"}{" "}
          {/* Read aloud once, not each second. */}
          <span aria-hidden>{ago}</span>.
        </strong>{" "}
        {at !== null &&
          `What you see is from ${formatClock(new Date(at).toISOString(), zone)} ${zone}. `}
        Actions cannot be sent now. Trying again every 3 s.
      </Banner>
    </div>
  );
}

function lostWords(ms: number): string {
  return ms < 1000 ? "just now" : formatRelative(-ms);
}
