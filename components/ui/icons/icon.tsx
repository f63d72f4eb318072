import type { IconName } from "./icon-names";
import sprite from "./icons.svg";

/**
 * An icon from the sprite, in the text colour. Hidden from screen readers, because text always accompanies it. The
 * browser fetches the sprite once, so no icon is part of a page's script.
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
