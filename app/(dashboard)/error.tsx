"use client";
"use no memo";
import { CrashMessage } from "@/components/ui/feedback/boundary";

/** Shown after an error while rendering a page; the frame remains. */
export default function PageError({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <div role="alert" className="p-4">
      <CrashMessage error={error} what="page" onRetry={retry} />
    </div>
  );
}
