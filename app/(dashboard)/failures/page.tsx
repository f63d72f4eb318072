import type { Metadata } from "next";
import { createLoader, parseAsString, type SearchParams } from "nuqs/server";
import { Suspense } from "react";
import { FailureList } from "@/components/failures/failure-list";
import { WindowPageSkeleton } from "@/components/layout/window/window-page";
import { readings } from "@/lib/live/readings";
import { failuresQuery } from "@/lib/query/failures";
import { type FailureFilters, failuresSearchParams } from "@/lib/search-params/windows";
import { FIGURE, Hydrate, onServer } from "../hydrate";

export const metadata: Metadata = { title: "Failures" };

const loadFilters = createLoader(failuresSearchParams);
/** What shows or searches the samples of groups. */
const loadShown = createLoader({ group: parseAsString, find: parseAsString });

export default function FailuresPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  return (
    <Suspense fallback={<WindowPageSkeleton title="Failures" />}>
      {Promise.all([loadFilters(searchParams), loadShown(searchParams)]).then(
        ([filters, { group, find }]) => (
          <Hydrate
            prefetch={[
              group === null && find === null
                ? onServer(failuresQuery(filters), () => listGroups(filters), {
                    isPartial: true,
                    ...FIGURE,
                  })
                : onServer(
                    failuresQuery(filters),
                    () => readings.failures(undefined, filters),
                    FIGURE,
                  ),
            ]}
          >
            <FailureList />
          </Hydrate>
        ),
      )}
    </Suspense>
  );
}

/** Number of error groups whose trend is shown on the first screen. */
const FIRST_SCREEN = 12;

/** The error groups without data that the first screen doesn't show: samples, and trends of later groups. */
async function listGroups(filters: FailureFilters) {
  const list = await readings.failures(undefined, filters);
  const groups = list.groups.map(({ trend, ...group }, place) => ({
    ...group,
    trend: place < FIRST_SCREEN ? trend : [],
    samples: [],
  }));
  return { ...list, groups };
}
