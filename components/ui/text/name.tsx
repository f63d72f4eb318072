/** External text within a line, such as a name or a message: its direction doesn't affect its surroundings. */
export function Name({ text }: { text: string }) {
  return <bdi>{text}</bdi>;
}
