import type { QueryKey } from "@tanstack/react-query";
import { unstable_rethrow } from "next/navigation";
import type { ReactNode } from "react";
import { Seeds } from "@/components/layout/seeds";
import { requireViewer } from "@/lib/identity/require";

/** A query of the client with the server's way to answer it. */
export type Seed = { queryKey: QueryKey; read: () => Promise<unknown> };

/**
 * Reads on the server what the room below will show first, so that its first paint has data. A read that fails is left
 * to the browser, which reads again and shows the reason in the room's own place.
 */
export async function Seeded({ seeds, children }: { seeds: Seed[]; children: ReactNode }) {
  await requireViewer();
  const answers = await Promise.all(
    seeds.map(async ({ queryKey, read }) => {
      try {
        return [{ queryKey, data: await read(), readAt: Date.now() }];
      } catch (error) {
        unstable_rethrow(error);
        return [];
      }
    }),
  );
  return <Seeds answers={answers.flat()}>{children}</Seeds>;
}
