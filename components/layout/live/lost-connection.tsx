"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Banner } from "@/components/ui/feedback/banner";
import { Button, buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { useZone } from "@/components/ui/text/zone";
import { cn } from "@/lib/cn";
import { formatClock, formatRelative } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import { healthQuery } from "@/lib/query/health";
import { markLive, useConnection } from "./connection";

const RETRY_MS = 3_000;

/** While requests fail: shows a banner, keeps retrying, and refetches every query once the database is back. */
export function LostBanner() {
  const { lostAt, at, what } = useConnection();
  const lost = lostAt !== null;
  const client = useQueryClient();
  const health = useQuery({
    ...healthQuery(),
    enabled: lost,
    refetchInterval: lost && RETRY_MS,
    refetchIntervalInBackground: true,
  });
  const back = lost && health.data?.database === "up" && health.dataUpdatedAt > lostAt;
  useEffect(() => {
    if (!back) return;
    markLive();
    client.invalidateQueries();
  }, [back, client]);
  const zone = useZone();
  const ago = useClock(() => (lostAt === null ? "" : formatLostAgo(Date.now() - lostAt)));
  if (!lost) return null;
  return (
    <div className="px-3 pt-3 wide:px-4">
      <Banner
        tone="bad"
        icon="unplug"
        action={
          <>
            {what === "database" && (
              <Link href="/diagnostics" className={buttonClass("ghost")}>
                Diagnose
              </Link>
            )}
            <Button onClick={() => health.refetch()}>
              <Icon name="refresh-cw" size={14} />
              Retry now
            </Button>
          </>
        }
      >
        <strong className="font-semibold">
          Connection to the {what === "server" ? "dashboard’s server" : "database"} lost{" "}
          {/* Announced once, not every second. */}
          <span aria-hidden>{ago}</span>.
        </strong>{" "}
        {at !== null && `Showing data from ${formatClock(toInstant(at), zone)} ${zone}. `}
        Actions are unavailable. Retrying every 3 s.
      </Banner>
    </div>
  );
}

function formatLostAgo(ms: number): string {
  return ms < 1000 ? "just now" : formatRelative(-ms);
}

/** Dims the page while the connection is lost: its data stays readable but does not look current. Errors are not dimmed. */
export function DimWhenLost({ children }: { children: ReactNode }) {
  const lost = useConnection().lostAt !== null;
  return (
    <div
      className={cn(
        "flex min-h-0 flex-1 flex-col transition-opacity short:flex-none",
        lost && "opacity-60 has-data-read-error:opacity-100",
      )}
    >
      {children}
    </div>
  );
}
