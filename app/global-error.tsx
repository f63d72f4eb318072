"use client";
import { GeistSans } from "geist/font/sans";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import "./globals.css";

/** The last resort, when the frame itself broke. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={GeistSans.variable}>
      <body>
        <title>Something broke · Absurd</title>
        <main className="grid min-h-dvh place-items-center">
          <ErrorState
            title="The dashboard broke"
            message="It is a mistake of the dashboard, not of your tasks. Nothing was changed."
            code={error.digest}
            actions={
              <Button variant="primary" onClick={() => location.reload()}>
                Load it again
              </Button>
            }
          />
        </main>
      </body>
    </html>
  );
}
