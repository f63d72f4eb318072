"use client";
import { usePathname } from "next/navigation";
import type { ComponentProps } from "react";
import { Link } from "@/components/ui/text/link";
import { roomOf } from "./sections";

/** A link to a room, which says whether the reader is there. */
export function RoomLink(props: ComponentProps<typeof Link>) {
  const isHere = roomOf(usePathname())?.href === props.href;
  return <Link aria-current={isHere ? "page" : undefined} {...props} />;
}
