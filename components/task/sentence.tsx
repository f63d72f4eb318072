"use client";
import { taskPath } from "@/components/layout/paths";
import { useClock } from "@/components/ui/text/clock";
import { Link } from "@/components/ui/text/link";
import { Name } from "@/components/ui/text/name";
import { useZone } from "@/components/ui/text/zone";
import type { LinkTarget, Part } from "@/lib/diagnosis/sentence";
import { formatNear } from "@/lib/format";
import { type Iso, toInstant } from "@/lib/model/instants";
import { serializeAuditFilters } from "@/lib/search-params/audit";

/** A sentence of the diagnosis: names in monospace, figures in bold, times in the reader's zone. */
export function Sentence({ parts }: { parts: readonly Part[] }) {
  return parts.map((part, index) => {
    const key = `${index}${part.kind}`;
    switch (part.kind) {
      case "code":
        return (
          <code key={key} className="mono">
            <Name text={part.text} />
          </code>
        );
      case "strong":
      case "duration":
        return (
          <strong key={key} className="font-medium">
            {part.text}
          </strong>
        );
      case "link":
        return (
          <Link key={key} href={pathTo(part.to)} className="text-accent-text hover:underline">
            {part.text}
          </Link>
        );
      case "time":
        return <Time key={key} iso={part.iso} />;
      default:
        return part.text;
    }
  });
}

/** The time of day, preceded by the date unless it is today in the reader's zone. */
function Time({ iso }: { iso: Iso }) {
  const zone = useZone();
  const text = useClock((now) => formatNear(iso, toInstant(now), zone));
  return (
    <time dateTime={iso} data-tip={iso}>
      {text}
    </time>
  );
}

function pathTo(to: LinkTarget): string {
  return "auditOf" in to
    ? `/audit${serializeAuditFilters({ task: to.auditOf })}`
    : taskPath(to.queue, to.taskId);
}
