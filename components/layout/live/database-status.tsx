"use client";
"use no memo";
import { useQuery } from "@tanstack/react-query";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";
import { formatDuration } from "@/lib/format";
import { healthQuery } from "@/lib/query/health";
import { useFreshness } from "./freshness";

/** The database status below the navigation, with the database's `name` on its server. */
export function DatabaseStatus({ name = null }: { name?: string | null }) {
  const isLost = useFreshness().state === "lost";
  const { data, isError } = useQuery({ ...healthQuery(), refetchInterval: 30_000 });
  const down = isLost || data?.database === "down";
  const up = !down && !isError && data?.database === "up";
  return (
    <div className="flex items-center gap-2 px-2 py-1 text-12 leading-4">
      <Icon
        name="database"
        className={cn(
          "shrink-0",
          down ? "text-failed-solid" : up ? "text-completed-solid" : "text-ink-3",
        )}
      />
      <span className="min-w-0">
        <span className="block truncate font-medium text-ink-2">
          {down ? "Database lost" : up ? "Database connected" : "Database"}
        </span>
        <span className="block min-h-4 truncate text-ink-3">{up && schemaText(data)}</span>
        {name !== null && (
          <span dir="auto" className="block truncate text-left text-ink-3" data-tip={name}>
            {name}
          </span>
        )}
        {up && data.replicaLagSeconds !== undefined && (
          <span className="block truncate text-ink-3">
            replica, {formatDuration(data.replicaLagSeconds * 1_000)} behind
          </span>
        )}
      </span>
    </div>
  );
}

function schemaText(health: { status: string; schemaVersion: string | null }): string {
  if (health.status === "no_schema") return "no absurd schema";
  return health.schemaVersion ? `absurd ${health.schemaVersion}` : "absurd before 0.2.0";
}
