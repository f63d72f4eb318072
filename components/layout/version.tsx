"use client";
"use no memo";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Banner } from "@/components/ui/feedback/banner";
import { VersionProvider } from "@/components/ui/feedback/boundary";
import { Button } from "@/components/ui/form/button";
import { fetchFromApi } from "@/lib/query/api";
import { getNewDeployment, subscribeToDeployment } from "@/lib/query/deployment";

function useNewDeployment(): string | null {
  return useSyncExternalStore(subscribeToDeployment, getNewDeployment, () => null);
}

/** Provides error views with whether the server runs a newer version than this page. */
export function VersionWatch({ children }: { children: ReactNode }) {
  const isOutdated = useNewDeployment() !== null;
  useEffect(() => {
    document.addEventListener("input", noteInput);
    return () => document.removeEventListener("input", noteInput);
  }, []);
  return (
    <VersionProvider value={{ isOutdated, onMissingCode: reloadIfOutdated }}>
      {children}
    </VersionProvider>
  );
}

/** Offers to reload the page once the server runs a newer version. */
export function NewVersionBanner() {
  if (useNewDeployment() === null) return null;
  return (
    <div className="px-3 pt-3 wide:px-4">
      <Banner
        tone="plain"
        icon="refresh-cw"
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        <strong className="font-semibold">New version.</strong> The dashboard was updated; reload
        this page to use it.
      </Banner>
    </div>
  );
}

/**
 * Reloads a page whose code no longer exists on the server, unless unsaved input would be lost. At most once per
 * version, so that a reload that doesn't help isn't repeated.
 */
async function reloadIfOutdated(): Promise<void> {
  // Any response carries the server's deployment id.
  await fetchFromApi("/api/health").catch(() => undefined);
  const deployment = getNewDeployment();
  if (deployment === null || hasInput()) return;
  try {
    if (sessionStorage.getItem(RELOADED_FOR) === deployment) return;
    sessionStorage.setItem(RELOADED_FOR, deployment);
  } catch {
    // Without storage, the reload can't be limited to one.
    return;
  }
  location.reload();
}

const RELOADED_FOR = "absurd-dashboard.reloaded-for";

const toggled = new Set<EventTarget>();
let hasTyped = false;

function noteInput({ target }: Event): void {
  if (target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type))
    toggled.add(target);
  else hasTyped = true;
}

/**
 * Whether the page holds user input: a changed checkbox, or text in any field once anything was typed. All fields
 * count, because the field that was typed into may have been replaced since.
 */
function hasInput(): boolean {
  return [...document.querySelectorAll("input, textarea")].some((field) => {
    if (toggled.has(field)) return (field as HTMLInputElement).checked;
    const isText = !(field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type));
    return hasTyped && isText && (field as HTMLInputElement).value !== "";
  });
}
