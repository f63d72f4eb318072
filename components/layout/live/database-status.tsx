"use client";
import { useQuery } from "@tanstack/react-query";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";
import { healthQuery } from "@/lib/query/health";
import { useConnection } from "./connection";

/** The database status below the navigation. */
export function DatabaseStatus() {
  const { lostAt } = useConnection();
  const { data } = useQuery({ ...healthQuery(), refetchInterval: 30_000 });
  const down = lostAt !== null || data?.database === "down";
  return (
    <div className="flex items-center gap-2 px-2 py-1 text-12 leading-4">
      <Icon
        name="database"
        className={cn("shrink-0", down ? "text-failed-solid" : "text-completed-solid")}
      />
      <span className="min-w-0">
        <span className="block truncate font-medium text-ink-2">
          {down ? "Database lost" : data ? "Database connected" : "Database"}
        </span>
        <span className="block min-h-4 truncate text-ink-3">
          {data?.database === "up" && schemaText(data)}
        </span>
      </span>
    </div>
  );
}

function schemaText(health: { status: string; schemaVersion: string | null }): string {
  if (health.status === "no_schema") return "no absurd schema";
  return health.schemaVersion ? `absurd ${health.schemaVersion}` : "absurd before 0.2.0";
}
