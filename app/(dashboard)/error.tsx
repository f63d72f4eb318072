"use client";

/** An error while rendering a page: the frame stays. It imports nothing, because every page loads its code. */
export default function PageError({
  error: { digest },
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 p-4">
      <h2 className="font-semibold text-14">This page crashed</h2>
      Your tasks are not affected.
      {digest && <p>Code {digest}</p>}
      <button type="button" onClick={reset} className="rounded-2 border px-3 py-2 font-medium">
        Try again
      </button>
    </div>
  );
}
