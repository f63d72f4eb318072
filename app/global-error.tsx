"use client";
import "./globals.css";

/** The last resort, when the frame itself broke. It imports nothing: every page carries its script. */
export default function GlobalError({ error: { digest } }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <title>Something broke · Absurd</title>
      <body>
        <main role="alert" className="p-12">
          <h1 className="font-semibold text-16">The dashboard broke</h1>
          It is a mistake of the dashboard, not of your tasks. Nothing was changed.
          {digest && <p>Code {digest}</p>}
          <button type="button" onClick={() => location.reload()} className="underline">
            Load it again
          </button>
        </main>
      </body>
    </html>
  );
}
