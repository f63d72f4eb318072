"use client";
import { Icon } from "@/components/ui/icons/icon";
import { Link } from "@/components/ui/text/link";
import { usePagePath } from "@/components/ui/text/prefix";
import { cn } from "@/lib/cn";
import { formatShortId } from "@/lib/format";
import { isUuid } from "@/lib/model/ids";
import { queueOfSegment } from "@/lib/search-params/queue-segment";
import { SECTIONS } from "./sections";

type Crumb = { href: string; label: string };

/** The path as links: section, queue, page of the queue. */
export function Breadcrumbs() {
  const crumbs = listCrumbs(usePagePath());
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1 whitespace-nowrap text-ink-3">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          return (
            <li
              key={crumb.href}
              className={cn("min-w-0 items-center gap-1", last ? "flex" : "hidden wide:flex")}
            >
              {index > 0 && (
                <Icon
                  name="chevron-right"
                  strokeWidth={2}
                  size={12}
                  className="hidden shrink-0 wide:block"
                />
              )}
              {last ? (
                <span aria-current="page" className="truncate font-semibold text-ink">
                  {crumb.label}
                </span>
              ) : (
                <Link href={crumb.href} className="truncate rounded-1 hover:text-ink">
                  {crumb.label}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function listCrumbs(pathname: string): Crumb[] {
  const segments = pathname.split("/").filter(Boolean);
  if (segments.length === 0) return [{ href: "/", label: "Overview" }];
  return segments.map((segment, index) => {
    const href = `/${segments.slice(0, index + 1).join("/")}`;
    return { href, label: LABELS[href] ?? formatSegment(segment, index, segments[0]) };
  });
}

/** Labels of path segments that are neither sections nor names. */
const LABELS: Record<string, string> = {
  "/diagnostics": "Diagnostics",
  "/workflows/definitions": "Definitions",
};

function formatSegment(segment: string, index: number, section: string | undefined): string {
  if (section === "workflows" && isUuid(segment)) return formatShortId(segment);
  if (index === 1) return queueOfSegment(decodeURIComponent(segment));
  if (index === 3) return formatShortId(segment);
  return SECTIONS.find(({ href }) => href === `/${segment}`)?.label ?? segment;
}
