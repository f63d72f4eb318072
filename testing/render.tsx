import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, configure, render as renderInto } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import type { ReactElement, ReactNode } from "react";
import { afterEach } from "vitest";

/*
 * Rendered tests, in files that start with `@vitest-environment jsdom`. Features missing from jsdom are added here
 * where behaviour depends on them: dialogs open, close and fire `close`. Layout, the top layer and the backdrop are
 * tested in a real browser by e2e/gallery.spec.ts.
 */

HTMLDialogElement.prototype.showModal = function () {
  if (this.open) throw new DOMException("already open", "InvalidStateError");
  this.setAttribute("open", "");
};
HTMLDialogElement.prototype.close = function () {
  if (!this.open) return;
  this.removeAttribute("open");
  queueMicrotask(() => this.dispatchEvent(new Event("close")));
};
Element.prototype.scrollIntoView ??= () => {};
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// `findBy…` and `waitFor` allow a slow machine more than the default of one second.
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);

/** Renders an element and returns the queries, with a user who types and clicks. Its requests get no response. */
export function render(element: ReactElement) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  return { user: userEvent.setup(), ...renderInto(element, { wrapper }) };
}

/**
 * Like `render`, for elements that load code while rendering: React can't resume them in a render that isn't awaited.
 */
export async function renderLoading(element: ReactElement) {
  return act(async () => render(element));
}
