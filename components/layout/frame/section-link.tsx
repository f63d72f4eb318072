"use client";
import type { ComponentProps } from "react";
import { Link } from "@/components/ui/text/link";
import { usePagePath } from "@/components/ui/text/prefix";
import { findSection } from "./sections";

/** A link to a section, marked with `aria-current` inside that section. */
export function SectionLink(props: ComponentProps<typeof Link>) {
  const isCurrent = findSection(usePagePath())?.href === props.href;
  return <Link aria-current={isCurrent ? "page" : undefined} {...props} />;
}
