import { redirect } from "next/navigation";

/** The definitions are a view of the workflows' page; whoever shortens the address of one comes here. */
export default function DefinitionsPage(): never {
  redirect("/workflows?view=definitions");
}
