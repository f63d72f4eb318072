"use client";
import { useState } from "react";
import { addUp, total } from "@/components/charts/stack";
import { WINDOW_WORDS } from "@/components/layout/window/window-switch";
import { ScrollBox } from "@/components/ui/data/scroll-box";
import { Table, Td, Th } from "@/components/ui/data/table";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Button } from "@/components/ui/form/button";
import { NumberText } from "@/components/ui/text/count";
import { AbsoluteTime } from "@/components/ui/text/relative-time";
import { useZone } from "@/components/ui/text/zone";
import type { FailureList } from "@/lib/analytics/failures";
import { formatInstant, formatNumber, plural } from "@/lib/format";
import { type Iso, toInstant, toMs } from "@/lib/model/instants";
import type { FailureGroup } from "@/lib/model/rows/failure";

const StackedBars = lazyPart(
  () => import("@/components/charts/stacked-bars").then((module) => module.StackedBars),
  { browserOnly: true, skeleton: <div className="h-[168px]" /> },
);

/** The failed attempts of these groups over time, as a chart or a table. Phones show the trend of each group only. */
export function FailureChart({
  list,
  groups,
}: {
  list: FailureList;
  groups: readonly FailureGroup[];
}) {
  const zone = useZone();
  const [asTable, setAsTable] = useState(false);
  const [bucket, setBucket] = useState<number | null>(null);
  const values = addUp(groups.map(({ trend }) => trend));
  if (values.length === 0) return null;
  const step = list.stepSeconds * 1000;
  const startOf = (index: number): Iso => toInstant(toMs(list.from) + index * step);
  const of = groups.length === list.groups.length ? "" : ` of ${plural(groups.length, "group")}`;
  const label = `Failed attempts${of}, ${WINDOW_WORDS[list.window]}`;
  return (
    <section
      aria-label={label}
      className="hidden border-line-subtle border-b px-3 pt-2 pb-1 wide:block wide:px-4"
    >
      <p className="flex h-6 items-center gap-x-3 text-12 text-ink-3">
        <span>
          {label}{" "}
          <strong className="font-semibold text-ink">
            {formatNumber(bucket === null ? total(values) : (values[bucket] ?? 0))}
          </strong>
        </span>
        {bucket !== null && <span>from {formatInstant(startOf(bucket), zone).slice(5, 16)}</span>}
        <Button
          variant="ghost"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          className="-my-1 ml-auto wide:h-6"
        >
          {asTable ? "Chart" : "Table"}
        </Button>
      </p>
      {asTable ? (
        <ScrollBox className="h-[168px] overflow-auto">
          <Table>
            <thead className="sticky top-0 bg-canvas">
              <tr>
                <Th>From</Th>
                <Th numeric>Failed attempts</Th>
              </tr>
            </thead>
            <tbody>
              {values
                .map((_, index) => index)
                .reverse()
                .map((index) => (
                  <tr key={index}>
                    <Td>
                      <AbsoluteTime iso={startOf(index)} toMinute />
                    </Td>
                    <Td numeric>
                      <NumberText value={values[index] ?? 0} tone="bad" />
                    </Td>
                  </tr>
                ))}
            </tbody>
          </Table>
        </ScrollBox>
      ) : (
        <div className="flex">
          <StackedBars
            series={[{ name: "failed", color: "text-failed-solid", values }]}
            from={toMs(list.from)}
            step={step}
            zone={zone}
            label={`${label}: ${formatNumber(total(values))}.`}
            onHover={setBucket}
          />
        </div>
      )}
    </section>
  );
}
