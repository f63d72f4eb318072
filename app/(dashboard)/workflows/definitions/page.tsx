import { redirect } from "next/navigation";
import { toPagePath } from "@/lib/identity/page-database";

/** Definitions are a view of the workflows page. This is the parent path of a definition's address. */
export default async function DefinitionsPage(): Promise<never> {
  redirect(await toPagePath("/workflows?view=definitions"));
}
