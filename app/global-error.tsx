"use client";
import "./globals.css";

/** The last resort, when the frame itself broke. It imports nothing: every page carries its script. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <title>Something broke · Absurd</title>
        <main role="alert" className="mx-auto max-w-md px-4 py-24">
          <h1 className="font-semibold text-16">The dashboard broke</h1>
          <p className="mt-1 text-ink-2">
            It is a mistake of the dashboard, not of your tasks. Nothing was changed.
          </p>
          {error.digest && <p className="mt-2 text-12 text-ink-3">Code {error.digest}</p>}
          <button
            type="button"
            onClick={() => location.reload()}
            className="mt-4 h-11 rounded-2 bg-inverse px-4 font-medium text-ink-inverse wide:h-8"
          >
            Load it again
          </button>
        </main>
      </body>
    </html>
  );
}
