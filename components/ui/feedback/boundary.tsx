"use client";
"use no memo";
import { unstable_rethrow } from "next/navigation";
import { Component, createContext, type ReactNode, useContext, useEffect } from "react";
import { Button } from "../form/button";
import { Icon } from "../icons/icon";

/** Thrown when the code of a section could not be loaded. */
export class PartError extends Error {
  override name = "PartError";
}

/** Whether an error means missing code, of a section or of a page opened by a link. */
export function isMissingCode(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof PartError || /ChunkLoadError|Failed to load chunk/.test(`${error}`);
}

type Version = {
  /** The server runs another version than this page. */
  isOutdated: boolean;
  /** Called when code is missing, to find out whether the server runs another version. */
  onMissingCode: () => void;
};

const VersionContext = createContext<Version>({ isOutdated: false, onMissingCode: () => {} });

/** Lets error views distinguish a new version from an unreachable server. */
export const VersionProvider = VersionContext.Provider;

type Props = {
  /** Replaces the children after an error; the section's error view by default. */
  fallback?: (error: Error, retry: () => void) => ReactNode;
  /** Called once the fallback is shown. */
  onError?: () => void;
  children: ReactNode;
};

/** Contains a render error within its section, so that the rest of the page keeps working. */
export class Boundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    // Redirects and "not found" are also thrown, and belong to the framework.
    unstable_rethrow(error);
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch() {
    this.props.onError?.();
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const retry = () => this.setState({ error: null });
    return this.props.fallback?.(error, retry) ?? <SectionError error={error} onRetry={retry} />;
  }
}

/** Explains why a section is missing, and what to do. */
export function SectionError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <div role="alert" className="m-3 rounded-2 border border-failed-line bg-surface px-3 py-2">
      <CrashMessage error={error} what="section" onRetry={onRetry} />
    </div>
  );
}

/** Text and buttons for an error during rendering or loading code. */
export function CrashMessage({
  error,
  what,
  onRetry,
}: {
  error: Error & { digest?: string };
  what: "section" | "page" | "dialog" | "menu";
  onRetry: () => void;
}) {
  const { isOutdated, onMissingCode } = useContext(VersionContext);
  const isMissing = isMissingCode(error);
  useEffect(() => {
    if (isMissing) onMissingCode();
  }, [isMissing, onMissingCode]);
  const [title, text] = describeCrash(isMissing, isOutdated, what);
  return (
    <>
      <p className="flex items-center gap-2 font-semibold">
        <Icon name="octagon-x" strokeWidth={2} className="shrink-0 text-failed-solid" />
        {title}
      </p>
      <p className="mt-1 break-words text-ink-2">{text}</p>
      {error.digest && (
        <p className="mt-1 text-12 text-ink-3">
          Code <code className="mono">{error.digest}</code>
        </p>
      )}
      <div className="mt-2 flex flex-wrap gap-2">
        {!isOutdated && <Button onClick={onRetry}>Try again</Button>}
        {isMissing && (
          <Button variant={isOutdated ? "primary" : "default"} onClick={() => location.reload()}>
            Reload
          </Button>
        )}
      </div>
    </>
  );
}

function describeCrash(isMissing: boolean, isOutdated: boolean, what: string): [string, string] {
  if (isMissing && isOutdated)
    return ["New version", `The dashboard was updated. Reload the page to open this ${what}.`];
  if (isMissing)
    return [
      `This ${what} could not be loaded`,
      "The dashboard’s server did not send its code. Nothing was changed.",
    ];
  return [`This ${what} crashed`, "Your tasks are not affected."];
}
