import { type ComponentType, lazy, Suspense } from "react";

type Load<Props> = () => Promise<ComponentType<Props>>;

const lazily = <Props extends object>(load: Load<Props>) =>
  lazy(async () => ({ default: await load() }));

/**
 * A component that loads its code on first render, or earlier by `preload`, on hover or focus. Render it in a transition
 * to keep the current content until the code has loaded.
 */
export function lazyWithPreload<Props extends object>(load: Load<Props>) {
  // A failed preload is ignored: rendering the component will surface the same error.
  const preload = () => void load().catch(() => undefined);
  return Object.assign(lazily(load), { preload });
}

/**
 * A component that loads its code on first render and shows nothing until then, for dialogs and other additions that the
 * page works without.
 */
export function lazyOptional<Props extends object>(load: Load<Props>) {
  const Optional = lazily(load) as unknown as ComponentType<Props>;
  return function LazyOptional(props: Props) {
    return (
      <Suspense fallback={null}>
        <Optional {...props} />
      </Suspense>
    );
  };
}
