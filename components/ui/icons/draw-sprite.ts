import drawings from "lucide-react/dynamicIconImports";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { ICON_NAMES, type IconName } from "./icon-names";

/** The text of `icons.svg`: Lucide's drawing of each icon as a symbol. Each use sets its own stroke width. */
export async function drawSprite(): Promise<string> {
  const symbols = await Promise.all(ICON_NAMES.map(drawSymbol));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">\n${symbols.join("\n")}\n</svg>\n`;
}

async function drawSymbol(name: IconName): Promise<string> {
  const { default: icon } = await drawings[name]();
  const shapes = renderToStaticMarkup(createElement(icon))
    .replaceAll(/^<svg[^>]*>|<\/svg>$/g, "")
    .replaceAll(/><\/\w+>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}
