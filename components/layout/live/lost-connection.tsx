"use client";
"use no memo";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { Banner } from "@/components/ui/feedback/banner";
import { Button, buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { toDatabaseTime, useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { useZone } from "@/components/ui/text/zone";
import { cn } from "@/lib/cn";
import { formatClock, formatRelative } from "@/lib/format";
import { toInstant } from "@/lib/model/instants";
import { ProblemError } from "@/lib/model/problem";
import { healthQuery } from "@/lib/query/health";
import { type Freshness, isLive, useFreshness } from "./freshness";

const RETRY_MS = 3_000;

/**
 * Shown while requests fail, with the cause and start time. Keeps retrying, and refetches every query once the database
 * is back.
 */
export function LostBanner() {
  const freshness = useFreshness();
  const { state, since, at } = freshness;
  const lost = state === "lost";
  const client = useQueryClient();
  const health = useQuery({
    ...healthQuery(),
    enabled: lost,
    refetchInterval: lost && RETRY_MS,
    refetchIntervalInBackground: true,
  });
  const back = lost && health.data?.database === "up" ? health.dataUpdatedAt : 0;
  const refetched = useRef(0);
  // Queries that aren't polled would otherwise stay stale. A query may keep failing although the database is up, so
  // they are not refetched again before the next retry.
  useEffect(() => {
    if (back - refetched.current < RETRY_MS) return;
    refetched.current = back;
    client.invalidateQueries({ predicate: isLive });
  }, [back, client]);
  const zone = useZone();
  const ago = useClock(() => (since === null ? "" : formatLostAgo(Date.now() - since)));
  const cause = describeCause(freshness);
  if (!cause) return null;
  const { error } = freshness;
  const isDatabaseLost = error instanceof ProblemError && error.code === "database_unavailable";
  return (
    <div className="px-3 pt-3 wide:px-4">
      <Banner
        tone={lost ? "bad" : "warning"}
        icon={lost ? "unplug" : "timer"}
        action={
          <>
            {isDatabaseLost && (
              <Link href="/diagnostics" className={buttonClass("ghost")}>
                Diagnose
              </Link>
            )}
            <Button onClick={() => client.refetchQueries({ type: "active" })}>
              <Icon name="refresh-cw" size={14} />
              Retry now
            </Button>
          </>
        }
      >
        <strong className="font-semibold">
          {cause.title} {/* Announced once, not every second. */}
          <span aria-hidden>{ago}</span>.
        </strong>{" "}
        {cause.text}{" "}
        {at !== null &&
          `Showing data from ${formatClock(toInstant(toDatabaseTime(at)), zone)} ${zone}. `}
        {cause.effect}
      </Banner>
    </div>
  );
}

/** Why the page isn't current; `null` if it is current or only slightly late. */
function describeCause({
  state,
  error,
  isKept,
}: Freshness): { title: string; text: string; effect: string } | null {
  if (!error) return null;
  const code = error instanceof ProblemError ? error.code : undefined;
  if (code === "network" || code === "database_unavailable")
    return {
      title: `Connection to the ${code === "network" ? "dashboard’s server" : "database"} lost`,
      text: "",
      effect: "Actions are unavailable. Retrying every 3 s.",
    };
  if (!isKept) return null;
  if (state === "busy")
    return { title: "Database busy", text: error.message, effect: "Retrying at the next refresh." };
  return {
    title: "Some data could not be refreshed",
    text: error.message,
    effect: "Retrying at the next refresh.",
  };
}

function formatLostAgo(ms: number): string {
  return ms < 1000 ? "just now" : formatRelative(-ms);
}

/** Dims the page while the connection is lost: data stays readable but doesn't look current. Errors aren't dimmed. */
export function DimWhenLost({ children }: { children: ReactNode }) {
  const lost = useFreshness().state === "lost";
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
