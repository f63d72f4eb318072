"use client";
"use no memo";
import type { ComponentProps } from "react";
import RootError from "./error";
import "./globals.css";

/** Replaces the root layout after an error in it. */
export default function GlobalError(props: ComponentProps<typeof RootError>) {
  return (
    <html lang="en">
      <body>
        <RootError {...props} />
      </body>
    </html>
  );
}
