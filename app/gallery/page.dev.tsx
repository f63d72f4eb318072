import type { Metadata } from "next";
import { cookies } from "next/headers";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import { getRecording, listRecordings } from "@/testing/recordings";
import { Providers } from "../(dashboard)/providers";
import { Gallery } from "./gallery";

export const metadata: Metadata = { title: "Gallery" };

/**
 * Every component in every state, without a database. `next.config.js` makes a route of it in development only, so no
 * production build contains it.
 */
export default async function GalleryPage() {
  const jar = await cookies();
  return (
    <Providers preferences={parsePreferences((name) => jar.get(name)?.value)}>
      <Gallery recordings={listRecordings().map((name) => [name, getRecording(name)] as const)} />
    </Providers>
  );
}
