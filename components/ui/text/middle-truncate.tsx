/** Characters at the end that are never cut off. */
const TAIL = 6;

/** A name that is truncated in its middle, since names often differ at the end; the whole name on hover. */
export function MiddleTruncate({ text, className }: { text: string; className?: string }) {
  const characters = [...text];
  if (characters.length <= 2 * TAIL)
    return (
      <span className={className} title={text}>
        {text}
      </span>
    );
  return (
    <span className={`flex min-w-0 ${className ?? ""}`} title={text}>
      <span className="truncate">{characters.slice(0, -TAIL).join("")}</span>
      <span className="shrink-0 whitespace-pre">{characters.slice(-TAIL).join("")}</span>
    </span>
  );
}
