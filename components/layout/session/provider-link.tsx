import { buttonClass } from "@/components/ui/form/button";
import { withBase } from "@/lib/base-path";
import { cn } from "@/lib/cn";

const PROBLEMS: Record<string, string> = {
  unavailable:
    "The identity provider did not answer. Nothing is wrong with your account; try again.",
  refused: "The identity provider did not confirm the sign-in. Try again.",
  expired: "The sign-in took too long or was begun in another browser. Try again.",
};

/** Opens the identity provider's sign-in page, and shows why the last sign-in failed. */
export function ProviderLink({
  name,
  next,
  problem,
}: {
  name: string;
  next: string;
  problem: string | undefined;
}) {
  const message = problem === undefined ? undefined : PROBLEMS[problem];
  return (
    <div className="flex flex-col gap-2">
      {message && (
        <p role="alert" className="text-12 text-failed">
          {message}
        </p>
      )}
      {/* A full request, because the response redirects to another site. */}
      <a
        href={withBase(`/sign-in/oidc?next=${encodeURIComponent(next)}`)}
        className={cn(buttonClass("primary"), "justify-center")}
      >
        Sign in with {name}
      </a>
    </div>
  );
}
