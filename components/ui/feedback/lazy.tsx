"use client";
import { type ComponentType, type ReactNode, Suspense, use, useSyncExternalStore } from "react";
import { Dialog } from "../overlay/dialog";
import { Boundary, CrashMessage, PartError } from "./boundary";

type Load<T> = () => Promise<T>;

/** Delays before the second and third attempt, in milliseconds. */
const RETRY_AFTER_MS = [300, 1_500];

/** Code that is loaded on demand, once. A failed load is retried twice, and again after `reset`. */
export function createLoader<T>(load: Load<T>) {
  let loaded: T | undefined;
  let loading: Promise<T> | undefined;
  const start = () => {
    loading ??= withRetries(load).then((value) => {
      loaded = value;
      return value;
    });
    return loading;
  };
  const reset = () => {
    if (loaded === undefined) loading = undefined;
  };
  return {
    get: () => loaded,
    start,
    reset,
    /** Loads on intent. A failure is ignored here: rendering tries again and shows the reason. */
    preload: () => void start().catch(reset),
  };
}

async function withRetries<T>(load: Load<T>): Promise<T> {
  for (const delay of RETRY_AFTER_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return load().catch((cause: unknown) => {
    throw new PartError("The code of this part could not be loaded.", { cause });
  });
}

/**
 * A section that loads its code on first render, or earlier through `preload`. If loading fails, it shows the reason
 * and a retry button.
 *
 * @param skeleton shown while the code loads.
 * @param browserOnly omits the section from server-rendered HTML, where the CSP forbids its inline styles.
 */
export function lazyPart<Props extends object>(
  load: Load<ComponentType<Props>>,
  { skeleton = null, browserOnly = false }: { skeleton?: ReactNode; browserOnly?: boolean } = {},
) {
  const { Part, loader } = createPart(load);
  function LazyPart(props: Props) {
    const isHydrated = useSyncExternalStore(unchanging, isTrue, isFalse);
    if (browserOnly && !isHydrated) return skeleton;
    return (
      <Boundary onError={loader.reset}>
        <Suspense fallback={skeleton}>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  }
  return Object.assign(LazyPart, { preload: loader.preload });
}

const unchanging = () => () => {};
const isTrue = () => true;
const isFalse = () => false;

/** Like `lazyPart`, for a dialog: its error is shown as a dialog too. */
export function lazyDialog<Props extends { onClose: () => void }>(
  load: Load<ComponentType<Props>>,
) {
  const { Part, loader } = createPart(load);
  function LazyDialog(props: Props) {
    return (
      <Boundary
        onError={loader.reset}
        fallback={(error, retry) => (
          <Dialog title="Cannot open" onClose={props.onClose}>
            <div role="alert">
              <CrashMessage error={error} what="dialog" onRetry={retry} />
            </div>
          </Dialog>
        )}
      >
        <Suspense fallback={null}>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  }
  return Object.assign(LazyDialog, { preload: loader.preload });
}

function createPart<Props extends object>(load: Load<ComponentType<Props>>) {
  const loader = createLoader(load);
  // `use` suspends briefly even for a resolved promise, so code that has loaded is rendered without it.
  function Part(props: Props) {
    const Component = loader.get() ?? use(loader.start());
    return <Component {...props} />;
  }
  return { Part, loader };
}

/** Props for a button that loads what it opens on hover or focus. */
export function onIntent(preload: () => void) {
  return { onPointerEnter: preload, onFocus: preload };
}
