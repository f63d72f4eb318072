"use no memo";
import { Icon } from "@/components/ui/icons/icon";
import { cn } from "@/lib/cn";

/** The tenants to which this dashboard is restricted, if any. */
export function TenantNote({
  tenants,
  className,
}: {
  tenants: readonly string[] | null;
  className?: string;
}) {
  if (tenants === null) return null;
  const names = tenants.join(", ");
  return (
    <p
      data-tip={`This dashboard only shows ${names}`}
      className={cn("flex min-w-0 items-center gap-2 px-2 text-12 text-ink-2", className)}
    >
      <Icon name="building-2" className="shrink-0 text-ink-3" />
      <span className="truncate">
        <span className="sr-only">Restricted to </span>
        {names}
      </span>
    </p>
  );
}
