"use client";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";

/** A room that broke: the frame stays, and so do the other rooms. */
export default function RoomError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <ErrorState
      title="This page broke"
      message="It is a mistake of the dashboard, not of your tasks. Nothing was changed."
      code={error.digest}
      actions={
        <Button variant="primary" onClick={reset}>
          <Icon name="refresh-cw" size={14} />
          Try again
        </Button>
      }
    />
  );
}
