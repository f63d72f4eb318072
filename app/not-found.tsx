import { EmptyState } from "@/components/ui/feedback/empty-state";
import { buttonClass } from "@/components/ui/form/button";
import { withBase } from "@/lib/base-path";

/**
 * Shown for unknown URLs outside the frame. Every page loads its code, so it uses a plain link: the frame's link would
 * be bundled twice.
 */
export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        heading="h1"
        icon="compass"
        title="Page not found"
        actions={
          <a href={withBase("/")} className={buttonClass("primary")}>
            Go to the overview
          </a>
        }
      >
        The link may come from another version of the dashboard.
      </EmptyState>
    </main>
  );
}
