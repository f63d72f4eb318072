"use client";
import { usePathname, useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { splitPrefix, withPrefix } from "@/lib/base-path";

const Prefix = createContext("");

/** Prefix of all link paths within the page, such as `/d/eu`. */
export function PrefixProvider({ value, children }: { value: string; children: ReactNode }) {
  return <Prefix value={value}>{children}</Prefix>;
}

/** Prefix of the page's own URLs; empty with a single database. */
export function usePrefix(): string {
  return useContext(Prefix);
}

/** The page's path without the prefix. */
export function usePagePath(): string {
  return splitPrefix(usePathname()).path;
}

/** A router that takes paths without the prefix. */
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
