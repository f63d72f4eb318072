import { EmptyState } from "@/components/ui/feedback/empty-state";
import { buttonClass } from "@/components/ui/form/button";
import { Link } from "@/components/ui/text/link";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        heading="h1"
        icon="compass"
        title="Page not found"
        actions={
          <Link href="/" className={buttonClass("primary")}>
            Go to the overview
          </Link>
        }
      >
        The link may come from another version of the dashboard.
      </EmptyState>
    </main>
  );
}
