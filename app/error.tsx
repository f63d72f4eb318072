"use client";
import { CrashMessage } from "@/components/ui/feedback/boundary";

/** An error outside of the frame: in sign-in, or in the frame itself. */
export default function RootError({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <main role="alert" className="mx-auto max-w-md p-6">
      <CrashMessage error={error} what="page" onRetry={retry} />
    </main>
  );
}
