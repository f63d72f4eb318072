"use client";
import { CrashMessage } from "@/components/ui/feedback/boundary";

/** An error while rendering a page: the frame stays. */
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
