"use client";
"use no memo";
import { useEffect, useEffectEvent, useState } from "react";
import { createLoader } from "../feedback/lazy";
import { useHotkeys } from "../form/hotkeys";
import { Dialog } from "./dialog";

/*
 * Explanations, from the `data-tip` of any element: on hover, on keyboard focus, on a tap, or on a long press where a
 * tap has another effect. One layer serves the whole page, because a list has hundreds of tips. `i` lists the tips of
 * the focused row, or else those in view, for elements that can't be focused.
 */

const HOVER_DELAY_MS = 350;
const LONG_PRESS_MS = 500;

const loader = createLoader(() => import("./tip-popup"));

/** Shows the page's tips. Mounted once. */
export function Tips() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [popup, setPopup] = useState(loader.get);
  const [listed, setListed] = useState<readonly Tip[] | null>(null);
  useHotkeys({ i: () => setListed(listTips(findScope())) });

  const show = useEffectEvent((element: HTMLElement) => {
    loader.start().then(
      () => {
        setPopup(loader.get);
        setAnchor(element);
      },
      () => {
        loader.reset();
        // The browser's own tooltip is better than none.
        element.title = element.dataset.tip ?? "";
      },
    );
  });
  const hide = useEffectEvent(() => setAnchor(null));
  /** Scrolling to a focused element, or what then lies under the pointer, must not take its tip away. */
  const hideUnlessFocused = useEffectEvent(() => {
    if (!anchor?.matches(":focus-visible, :has(:focus-visible)")) hide();
  });
  const isShown = useEffectEvent(() => anchor !== null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let longPressed = false;
    const after = (ms: number, element: HTMLElement, then = () => {}) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        show(element);
        then();
      }, ms);
    };
    const listeners: {
      [Kind in keyof DocumentEventMap]?: (event: DocumentEventMap[Kind]) => void;
    } = {
      pointerover: ({ target, pointerType }) => {
        if (pointerType === "touch" || isInPopup(target)) return;
        const element = findTip(target);
        if (element) return after(HOVER_DELAY_MS, element);
        clearTimeout(timer);
        hideUnlessFocused();
      },
      focusin: ({ target }) => {
        const element = findTip(target) ?? findTipOfLink(target);
        if (!element || !(target as HTMLElement).matches(":focus-visible")) return;
        clearTimeout(timer);
        show(element);
      },
      focusout: () => hide(),
      pointerdown: ({ target, pointerType }) => {
        clearTimeout(timer);
        longPressed = false;
        const element = findTip(target) ?? findTipOfLink(target);
        if (pointerType !== "touch" || !element) return hide();
        if (isInteractive(target)) after(LONG_PRESS_MS, element, () => (longPressed = true));
        else after(0, element);
      },
      pointerup: ({ target }) => {
        if (!longPressed && isInteractive(target)) clearTimeout(timer);
      },
      pointercancel: () => clearTimeout(timer),
      contextmenu: (event) => {
        if (longPressed) event.preventDefault();
      },
      click: (event) => {
        // This click ends a long press.
        if (longPressed) event.preventDefault();
        longPressed = false;
      },
      keydown: (event) => {
        if (event.key !== "Escape" || !isShown()) return;
        hide();
        // Escape closes only the tip, not what surrounds it.
        event.stopPropagation();
        event.preventDefault();
      },
      scroll: () => hideUnlessFocused(),
    };
    for (const [kind, listener] of Object.entries(listeners))
      document.addEventListener(kind, listener as EventListener, true);
    return () => {
      clearTimeout(timer);
      for (const [kind, listener] of Object.entries(listeners))
        document.removeEventListener(kind, listener as EventListener, true);
    };
  }, []);
  return (
    <>
      {popup && anchor && <popup.TipPopup anchor={anchor} text={anchor.dataset.tip ?? ""} />}
      {listed && <TipList tips={listed} onClose={() => setListed(null)} />}
    </>
  );
}

export type Tip = { subject: string; text: string };

function TipList({ tips, onClose }: { tips: readonly Tip[]; onClose: () => void }) {
  return (
    <Dialog title="Details" onClose={onClose}>
      {tips.length === 0 && <p className="text-ink-2">Nothing here has more details.</p>}
      <dl className="flex flex-col gap-2">
        {tips.map(({ subject, text }) => (
          <div key={`${subject}\n${text}`}>
            {subject && <dt className="truncate text-12 text-ink-3">{subject}</dt>}
            <dd className="break-words">{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** The focused row, or else the page. */
function findScope(): Element {
  const row = document.activeElement?.closest("tr, li, [data-row]");
  return row ?? document.getElementById("main") ?? document.body;
}

/** Visible tips in an element that add something to its text, without duplicates. */
export function listTips(scope: Element): Tip[] {
  const tips = new Map<string, Tip>();
  for (const element of scope.querySelectorAll<HTMLElement>("[data-tip]")) {
    if (!saysMore(element) || !isInView(element)) continue;
    const tip = { subject: element.innerText.trim(), text: element.dataset.tip ?? "" };
    tips.set(`${tip.subject}\n${tip.text}`, tip);
  }
  return [...tips.values()];
}

function isInView(element: Element): boolean {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && bottom > 0 && top < window.innerHeight;
}

function findTip(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  const element = target.closest<HTMLElement>("[data-tip]");
  return element && saysMore(element) ? element : null;
}

/** The tip of a part that explains the whole link, marked with `data-tip-of-link`. */
function findTipOfLink(target: EventTarget | null): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  return target.closest("a")?.querySelector<HTMLElement>("[data-tip-of-link]") ?? null;
}

/** A tip that repeats its element's text is only useful if that text is truncated. */
function saysMore(element: HTMLElement): boolean {
  if (!element.dataset.tip) return false;
  if (element.dataset.tip !== element.textContent?.trim()) return true;
  return [element, ...element.querySelectorAll("*")].some(
    ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
      clientWidth > 0 && (scrollWidth > clientWidth || scrollHeight > clientHeight + 2),
  );
}

function isInteractive(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("a, button, label, summary, input") !== null;
}

/** The pointer may rest on the tip itself, to read or select its text. */
function isInPopup(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=tooltip]") !== null;
}
