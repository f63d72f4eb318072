"use client";
"use no memo";
import NextLink from "next/link";
import { type ComponentProps, useEffect, useRef, useState } from "react";
import { withPrefix } from "@/lib/base-path";
import { usePrefix } from "./prefix";

/** Time in milliseconds that a link must be hovered or focused before its page is prefetched. */
const INTENT_DELAY = 80;

type Props = Omit<ComponentProps<typeof NextLink>, "href" | "prefetch"> & { href: string };

/**
 * A link within the dashboard and within the page's database. It prefetches its page, including data, once it is
 * hovered or focused: a list has hundreds of links, and prefetching those in view would query hundreds of tasks.
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
