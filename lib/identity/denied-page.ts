import { createHash } from "node:crypto";
import { withBase } from "@/lib/base-path";
import { apiHeaders } from "./headers";

const STYLE = `:root{color-scheme:light dark}
body{font:14px/1.6 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1rem}
h1{font-size:1.25rem}code{overflow-wrap:anywhere}`;

/** The policy allows only this style. */
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * The response to a person whom a door identifies but who has no role here: status 403, with the claims that were
 * checked, so that an administrator can correct the allow-list. It has no script.
 */
export function deniedPage(name: string, looked: readonly string[], setting: string): Response {
  const claims = looked.map((claim) => `<li><code>${escapeHtml(claim)}</code></li>`).join("");
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>No role · Absurd</title><style>${STYLE}</style></head><body>
<h1>No role for ${escapeHtml(name)}</h1>
<p>You are signed in, but nothing in your account gives you a role in this dashboard. Looked at:</p>
<ul>${claims || "<li>no claim: the allow-list has no entry that could match</li>"}</ul>
<p>An administrator can add one of these to <code>${escapeHtml(setting)}</code>, or give your account the group that is
listed there.</p><p><a href="${withBase("/")}">Try again</a></p></body></html>`;
  return new Response(body, {
    status: 403,
    headers: {
      ...apiHeaders(),
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`,
    },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
