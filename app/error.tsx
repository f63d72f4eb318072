"use client";
"use no memo";

/**
 * Shown after an error outside the frame: in sign-in, in the frame itself or in the root layout. It imports no
 * component, because a component may be what failed, and every page would load it twice.
 */
export default function RootError({
  error,
  retry,
}: {
  error: Error & { digest?: string };
  retry: () => void;
}) {
  return (
    <main role="alert" className="mx-auto flex max-w-md flex-col items-start gap-2 p-6">
      <h1 className="font-semibold text-14">This page crashed</h1>
      <p className="text-ink-2">Your tasks are not affected.</p>
      {error.digest && <p className="text-12 text-ink-3">Code {error.digest}</p>}
      <div className="flex gap-2">
        <button
          type="button"
          onClick={retry}
          className="rounded-2 border bg-surface px-3 py-2 font-medium"
        >
          Try again
        </button>
        <button
          type="button"
          onClick={() => location.reload()}
          className="rounded-2 border bg-surface px-3 py-2 font-medium"
        >
          Reload
        </button>
      </div>
    </main>
  );
}
