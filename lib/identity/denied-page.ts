import { apiHeaders } from "./headers";

/**
 * The response to somebody whom a door knows and who has no role here: status 403, with the claims that were looked at, so
 * that an administrator can correct the allow-list. It has no script and no style of its own.
 */
export function deniedPage(name: string, looked: readonly string[], setting: string): Response {
  const claims = looked.map((claim) => `<li><code>${escapeHtml(claim)}</code></li>`).join("");
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>No role · Absurd</title></head><body>
<h1>No role for ${escapeHtml(name)}</h1>
<p>You are signed in, but nothing in your account gives you a role in this dashboard. Looked at:</p>
<ul>${claims || "<li>no claim: the allow-list has no entry that could match</li>"}</ul>
<p>An administrator can add one of these to <code>${escapeHtml(setting)}</code>, or give your account the group that is
listed there.</p></body></html>`;
  return new Response(body, {
    status: 403,
    headers: {
      ...apiHeaders(),
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    },
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
