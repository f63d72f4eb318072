"use client";
import NextLink from "next/link";
import { type ComponentProps, useEffect, useRef, useState } from "react";
import { withPrefix } from "@/lib/base-path";
import { usePrefix } from "./prefix";

/** How long the pointer or the focus rests on a link before its page is prefetched, in milliseconds. */
const INTENT_DELAY = 80;

type Props = Omit<ComponentProps<typeof NextLink>, "href" | "prefetch"> & { href: string };

/**
 * A link within the dashboard, and within the database that the page shows. It prefetches its page, data included, once the pointer or the focus rests on it: a list
 * has hundreds of links, and prefetching those in view would read hundreds of tasks.
 */
export function Link({ href, onPointerEnter, onPointerLeave, onFocus, onBlur, ...props }: Props) {
  const [wanted, setWanted] = useState(false);
  const prefix = usePrefix();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const start = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setWanted(true), INTENT_DELAY);
  };
  const stop = () => {
    clearTimeout(timer.current);
    setWanted(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <NextLink
      {...props}
      href={withPrefix(prefix, href)}
      prefetch={wanted}
      onPointerEnter={(event) => {
        onPointerEnter?.(event);
        start();
      }}
      onPointerLeave={(event) => {
        onPointerLeave?.(event);
        stop();
      }}
      onFocus={(event) => {
        onFocus?.(event);
        start();
      }}
      onBlur={(event) => {
        onBlur?.(event);
        stop();
      }}
    />
  );
}
