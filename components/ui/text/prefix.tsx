"use client";
import { usePathname, useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { splitPrefix, withPrefix } from "@/lib/base-path";

const Prefix = createContext("");

/** What precedes the paths of all links within the page, such as `/d/eu`. */
export function PrefixProvider({ value, children }: { value: string; children: ReactNode }) {
  return <Prefix value={value}>{children}</Prefix>;
}

/** What precedes paths in the page's own addresses; empty for most dashboards. */
export function usePrefix(): string {
  return useContext(Prefix);
}

/** The path of the page, without the prefix. */
export function usePagePath(): string {
  return splitPrefix(usePathname()).path;
}

/** The router, for paths without the prefix. */
export function usePageRouter(): { push: (path: string) => void; replace: (path: string) => void } {
  const router = useRouter();
  const prefix = usePrefix();
  return useMemo(
    () => ({
      push: (path) => router.push(withPrefix(prefix, path)),
      replace: (path) => router.replace(withPrefix(prefix, path)),
    }),
    [router, prefix],
  );
}
