import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { jsx } from "./jsx-runtime";
import { revealProps } from "./reveal-props";

// This file is compiled with the runtime of tsconfig.json, as every component is.

const NAME = "a\u202Eb\u001B[31mc\u0085";
const VISIBLE = String.raw`a\u202eb\u001b[31mc\u0085`;

test("text of an element shows control characters as codes", () => {
  expect(renderToStaticMarkup(<b>{NAME}</b>)).toBe(`<b>${VISIBLE}</b>`);
  expect(
    renderToStaticMarkup(
      <p>
        {NAME} and {[NAME, <i key="i">{NAME}</i>]}
      </p>,
    ),
  ).toBe(`<p>${VISIBLE} and ${VISIBLE}<i>${VISIBLE}</i></p>`);
});

test("text that a component passes on to a foreign element is visible too", () => {
  // Like a library's component, which is compiled with React's own runtime.
  const Foreign = ({ children }: { children: string }) => children;
  expect(renderToStaticMarkup(<Foreign>{NAME}</Foreign>)).toBe(VISIBLE);
});

test("attributes shown as text reveal control characters; values and addresses are unchanged", () => {
  const markup = renderToStaticMarkup(
    <a href={`/${NAME}`} title={NAME} aria-label={NAME} data-tip={NAME} data-value={NAME}>
      x
    </a>,
  );
  expect(markup).toBe(
    `<a href="/${NAME}" title="${VISIBLE}" aria-label="${VISIBLE}" data-tip="${VISIBLE}" data-value="${NAME}">x</a>`,
  );
  expect(renderToStaticMarkup(<input readOnly value={NAME} placeholder={NAME} />)).toContain(
    `placeholder="${VISIBLE}" value="${NAME}"`,
  );
});

test("a component's own properties are unchanged", () => {
  const Button = ({ title }: { title: string }) => <i data-value={title} />;
  expect(renderToStaticMarkup(<Button title={NAME} />)).toBe(`<i data-value="${NAME}"></i>`);
});

test("properties without control characters stay the same object", () => {
  const props = { title: "a", children: ["a", 1, null, [true, <b key="b">c</b>]] };
  expect(revealProps("p", props)).toBe(props);
  expect(jsx("p", { children: NAME }, "k")).toMatchObject({
    key: "k",
    props: { children: VISIBLE },
  });
});
