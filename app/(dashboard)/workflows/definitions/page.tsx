import { redirect } from "next/navigation";
import { toPagePath } from "@/lib/identity/page-database";

/** Redirects to the definitions view of the workflows page. This route is the parent path of a definition's URL. */
export default async function DefinitionsPage(): Promise<never> {
  redirect(await toPagePath("/workflows?view=definitions"));
}
