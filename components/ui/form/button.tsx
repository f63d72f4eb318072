import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

/** Primary buttons use the ink colour, not the accent; show at most one at a time. */
export type ButtonVariant = "default" | "primary" | "danger" | "ghost";

const VARIANTS: Record<ButtonVariant, string> = {
  default: "border-line-strong bg-surface text-ink shadow-1 hover:bg-hover active:bg-active",
  primary: "border-transparent bg-inverse text-ink-inverse shadow-1 hover:opacity-90",
  danger: "border-line-strong bg-surface text-failed shadow-1 hover:bg-failed-soft",
  ghost: "border-transparent bg-transparent text-ink-2 hover:bg-active",
};

const SIZES = {
  default: "h-9 px-3 wide:h-7 wide:px-2.5",
  large: "h-11 px-4 wide:h-8 wide:px-3",
  square: "size-9 justify-center wide:size-7",
} as const;

const DISABLED =
  "border-line bg-canvas text-ink-3 shadow-none disabled:hover:bg-canvas hover:bg-canvas cursor-default";

export type ButtonProps = ComponentProps<"button"> & {
  variant?: ButtonVariant;
  size?: keyof typeof SIZES;
};

/** Button classes, for links that look like buttons. */
export function buttonClass(
  variant: ButtonVariant = "default",
  size: keyof typeof SIZES = "default",
  disabled = false,
): string {
  return cn(
    "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-2 border font-medium text-13 transition-colors duration-75",
    SIZES[size],
    disabled ? DISABLED : VARIANTS[variant],
  );
}

/** A button. Use `aria-disabled` if a tooltip explains why it is disabled, because it then stays focusable. */
export function Button({ variant, size, className, type = "button", ...props }: ButtonProps) {
  const disabled = props.disabled || props["aria-disabled"] === true;
  return (
    <button
      type={type}
      className={cn(buttonClass(variant, size, disabled), className)}
      {...props}
    />
  );
}
