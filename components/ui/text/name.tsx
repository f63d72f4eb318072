/** Text from outside within a line, such as a name or a message: its direction does not affect what is around it. */
export function Name({ text }: { text: string }) {
  return <bdi>{text}</bdi>;
}
