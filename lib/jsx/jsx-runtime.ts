import { jsx as createElement, jsxs as createStaticElement, Fragment } from "react/jsx-runtime";
import { revealProps } from "./reveal-props";

/*
 * What the compiler calls for JSX in this repository (`jsxImportSource` in tsconfig.json): React's own functions, with text
 * whose control characters are visible. Names and messages come from strangers and are shown in hundreds of places, so none
 * of these has to remember it.
 */

export type { JSX } from "react";
export { Fragment };

export const jsx: typeof createElement = (type, props, key) =>
  createElement(type, revealProps(type, props), key);

export const jsxs: typeof createStaticElement = (type, props, key) =>
  createStaticElement(type, revealProps(type, props), key);
