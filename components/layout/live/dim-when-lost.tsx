"use client";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { useConnection } from "./connection";

/** The last figures stay readable while the database is away, but do not look current. An error has none to dim. */
export function DimWhenLost({ children }: { children: ReactNode }) {
  const lost = useConnection().lostAt !== null;
  return (
    <div
      className={cn(
        "flex min-h-0 flex-1 flex-col transition-opacity",
        lost && "opacity-60 has-data-read-error:opacity-100",
      )}
    >
      {children}
    </div>
  );
}
