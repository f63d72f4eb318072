// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { relatedQuery } from "@/lib/query/task";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Opens the query with responses of searches that ended at these instants. */
function open(ends: (string | null)[]) {
  const requests: Headers[] = [];
  vi.stubGlobal("fetch", async (_: string, { headers }: RequestInit) => {
    const searchedTo = ends[requests.length] ?? null;
    requests.push(new Headers(headers));
    return Response.json({ searchedTo });
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const id = "01900000-0000-7000-8000-000000000001";
  const observer = new QueryObserver(client, relatedQuery("orders", id));
  const close = observer.subscribe(() => {});
  const searchedTo = () => observer.getCurrentResult().data?.searchedTo;
  return { requests, observer, close, searchedTo };
}

test("a search that is not complete continues once by itself, then on request", async () => {
  const { requests, observer, close, searchedTo } = open(["10:00", "11:00", "12:00", null]);
  await vi.waitFor(() => expect(searchedTo()).toBe("11:00"), 10_000);
  expect(requests.map((headers) => headers.has("X-Bypass-Cache"))).toEqual([false, true]);
  await observer.refetch();
  expect(searchedTo()).toBe("12:00");
  await observer.refetch();
  expect(searchedTo()).toBeNull();
  expect(requests).toHaveLength(4);
  close();
});
