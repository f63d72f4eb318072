"use client";
import { type QueryKey, type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { lazyPart } from "@/components/ui/feedback/lazy";
import { Skeleton } from "@/components/ui/feedback/skeleton";
import { Button, buttonClass } from "@/components/ui/form/button";
import { Icon } from "@/components/ui/icons/icon";
import { usePrefix } from "@/components/ui/text/prefix";
import { withBase, withPrefix } from "@/lib/base-path";
import { formatSize } from "@/lib/format";
import type { Payload } from "@/lib/model/json";

const JsonView = lazyPart(() => import("@/components/ui/json/json-view").then((m) => m.JsonView), {
  skeleton: <Skeleton className="m-3 w-32" />,
});

/** How to load and download a value that is too large to be inlined. */
export type PayloadSource<Key extends QueryKey> = {
  query: UseQueryOptions<string, Error, string, Key>;
  url: string;
};

/** A user's JSON value: shown if small, loaded on demand if large; `absent` is the text for SQL NULL. */
export function PayloadView<Key extends QueryKey>({
  payload,
  source,
  absent = "SQL NULL",
}: {
  payload: Payload;
  source?: PayloadSource<Key> | undefined;
  absent?: string;
}) {
  if (payload === null) return <p className="px-3 py-2 text-ink-3">{absent}</p>;
  if (payload.text !== undefined) return <JsonView text={payload.text} />;
  return source ? <LargePayload payload={payload} source={source} /> : null;
}

function LargePayload<Key extends QueryKey>({
  payload,
  source,
}: {
  payload: NonNullable<Payload>;
  source: PayloadSource<Key>;
}) {
  const [wanted, setWanted] = useState(false);
  const prefix = usePrefix();
  const query = useQuery({ ...source.query, enabled: wanted });
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2 px-3 py-2">
        <span className="text-ink-2">
          {formatSize(payload)}, {query.data === undefined ? "not loaded" : "loaded"}.
          {payload.approximate === "compressed" &&
            query.data === undefined &&
            " The full text may be many times as large and slow down this page; a download does not."}
        </span>
        {query.data === undefined && (
          <Button
            disabled={query.isFetching}
            onClick={() => (wanted ? query.refetch() : setWanted(true))}
          >
            {query.isFetching ? "Loading…" : "Load"}
          </Button>
        )}
        <a
          href={withBase(withPrefix(prefix, source.url))}
          download
          className={buttonClass("ghost")}
        >
          <Icon name="download" size={14} />
          Download
        </a>
        <span role="alert" className="text-failed">
          {query.error?.message}
        </span>
      </div>
      {query.data !== undefined && <JsonView text={query.data} />}
    </div>
  );
}
