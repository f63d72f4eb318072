"use client";

/** A room that broke: the frame stays, and so do the other rooms. It imports nothing: every page carries its script. */
export default function RoomError({
  error: { digest },
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div role="alert" className="flex flex-col items-start gap-2 p-4">
      <h2 className="font-semibold text-14">This page broke</h2>
      It is a mistake of the dashboard, not of your tasks. Nothing was changed.
      {digest && <p>Code {digest}</p>}
      <button type="button" onClick={reset} className="rounded-2 border px-3 py-2 font-medium">
        Try again
      </button>
    </div>
  );
}
