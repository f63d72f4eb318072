"use client";
import { Button, type ButtonProps } from "@/components/ui/form/button";
import type { Permission } from "@/lib/model/access";
import { useDenied } from "./access-provider";

/**
 * A button that performs an action. Without the permission it is disabled and states the reason, but stays focusable
 * and keeps its tooltip.
 */
export function PermittedButton({
  permission,
  ...props
}: ButtonProps & { permission: Permission }) {
  const denied = useDenied(permission);
  if (denied === null) return <Button {...props} />;
  return (
    <Button
      {...props}
      onClick={undefined}
      aria-disabled
      aria-description={denied}
      data-tip={denied}
    />
  );
}
