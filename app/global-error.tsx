"use client";
import "./globals.css";

/** Replaces the root layout after an error in it. It imports no component, because a component may be what failed. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main role="alert" className="mx-auto flex max-w-md flex-col items-start gap-2 p-6">
          <h1 className="font-semibold text-14">The dashboard crashed</h1>
          <p className="text-ink-2">Your tasks are not affected.</p>
          {error.digest && <p className="text-12 text-ink-3">Code {error.digest}</p>}
          <button
            type="button"
            onClick={() => location.reload()}
            className="rounded-2 border bg-surface px-3 py-2 font-medium"
          >
            Reload
          </button>
        </main>
      </body>
    </html>
  );
}
