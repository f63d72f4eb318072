import { revealControls } from "@/lib/format";

/**
 * Text from outside within a line, such as a name or a message: its direction does not affect what is around it, and
 * characters that would reorder or hide text are visible.
 */
export function Name({ text }: { text: string }) {
  return <bdi>{revealControls(text)}</bdi>;
}
