/** A text whose commands are marked with backticks. */
export function Ticked({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      <code key={part} className="mono">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
