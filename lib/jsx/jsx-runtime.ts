import { jsx as createElement, jsxs as createStaticElement, Fragment } from "react/jsx-runtime";
import { revealProps } from "./reveal-props";

/*
 * The functions that the compiler calls for JSX in this repository (`jsxImportSource` in tsconfig.json): React's
 * own, with visible control characters in text. Names and messages come from untrusted sources and are shown in
 * hundreds of places; this way no place can forget it.
 */

export type { JSX } from "react";
export { Fragment };

export const jsx: typeof createElement = (type, props, key) =>
  createElement(type, revealProps(type, props), key);

export const jsxs: typeof createStaticElement = (type, props, key) =>
  createStaticElement(type, revealProps(type, props), key);
