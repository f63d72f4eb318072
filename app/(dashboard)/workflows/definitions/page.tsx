import { redirect } from "next/navigation";

/** Definitions are a view of the workflows page. This is the parent path of a definition's address. */
export default function DefinitionsPage(): never {
  redirect("/workflows?view=definitions");
}
