import { type ComponentType, lazy, Suspense } from "react";

type Load<Props> = () => Promise<ComponentType<Props>>;

const lazily = <Props extends object>(load: Load<Props>) =>
  lazy(async () => ({ default: await load() }));

/**
 * A component whose code is fetched when it is first shown, or earlier by `preload`: from where a pointer or the focus
 * says that it will be wanted. Show it in a transition, and what was there stays until the code has come.
 */
export function lazyPart<Props extends object>(load: Load<Props>) {
  // Whoever shows it meets the same failure again, where it can be told.
  const preload = () => void load().catch(() => undefined);
  return Object.assign(lazily(load), { preload });
}

/**
 * A component whose code is fetched when it is first shown, for what appears beside or over the rest: nothing stands in
 * its place until then, and the rest of the page stays as it is.
 */
export function lazyExtra<Props extends object>(load: Load<Props>) {
  const Extra = lazily(load) as unknown as ComponentType<Props>;
  return function LazyExtra(props: Props) {
    return (
      <Suspense fallback={null}>
        <Extra {...props} />
      </Suspense>
    );
  };
}
