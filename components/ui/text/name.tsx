import { revealControls } from "@/lib/format";

/**
 * External text within a line, such as a name or a message: its direction doesn't affect its surroundings, and
 * characters that would reorder or hide text are made visible.
 */
export function Name({ text }: { text: string }) {
  return <bdi>{revealControls(text)}</bdi>;
}
