import { jsxDEV as createElement, Fragment } from "react/jsx-dev-runtime";
import { revealProps } from "./reveal-props";

/* Like `jsx-runtime.ts`, for the development server and tests, in which the compiler calls another function. */

export type { JSX } from "react";
export { Fragment };

export const jsxDEV: typeof createElement = (type, props, ...rest) =>
  createElement(type, revealProps(type, props), ...rest);
