import type { IconName } from "./icon-names";
import sprite from "./icons.svg";

/**
 * A drawing from the sprite, in the colour of the text around it. Always beside words, so it is hidden from those who do
 * not see it. The browser fetches the sprite once; no drawing is part of a page's scripts.
 */
export function Icon({
  name,
  size = 16,
  strokeWidth = 1.5,
  className,
}: {
  name: IconName;
  size?: number;
  strokeWidth?: number;
  className?: string | undefined;
}) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={strokeWidth}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={className}
    >
      <use href={`${sprite.src}#${name}`} />
    </svg>
  );
}
