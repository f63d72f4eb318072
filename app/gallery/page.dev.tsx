import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Metadata } from "next";
import { cookies } from "next/headers";
import { parsePreferences } from "@/components/layout/preferences/preferences";
import type { TaskDetail } from "@/lib/model/task";
import { Providers } from "../(dashboard)/providers";
import { Gallery } from "./gallery";
import type { Recordings } from "./story";

export const metadata: Metadata = { title: "Gallery" };

/**
 * Every component in every state, without a database. `next.config.js` makes it a route in development only, so no
 * production build contains it.
 */
export default async function GalleryPage({
  searchParams,
}: {
  searchParams: Promise<{ section?: string }>;
}) {
  const { section = "" } = await searchParams;
  const jar = await cookies();
  return (
    <Providers preferences={parsePreferences((name) => jar.get(name)?.value)}>
      <Gallery section={section} recordings={listRecordings()} />
    </Providers>
  );
}

/** Rows that real workers left in a real database, as used by the timeline tests. */
function listRecordings(): Recordings {
  const folder = path.join(process.cwd(), "testing/recordings");
  return readdirSync(folder).map((file) => {
    const detail = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as TaskDetail;
    return [file.replace(/\.json$/, ""), detail] as const;
  });
}
