import { DEPLOYMENT_HEADER, DEPLOYMENT_ID } from "@/lib/model/deployment";

/** Sent with every response. */
const ALWAYS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};

/**
 * Headers of the build's files. A path without a file is answered with a page, which no other page may frame. Scripts of
 * workers keep their freedom: their own response would be their policy.
 */
export function fileHeaders(): Record<string, string> {
  return {
    ...ALWAYS,
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  };
}

/** Makes browsers use only https for a year, if the request was made over https. */
export function transportHeaders(isHttps: boolean): Record<string, string> {
  return isHttps ? { "Strict-Transport-Security": "max-age=31536000; includeSubDomains" } : {};
}

/** Headers of JSON responses. Opened directly in a browser they cannot run anything, for any payload. */
export function apiHeaders(): Record<string, string> {
  return {
    ...ALWAYS,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
    ...(DEPLOYMENT_ID && { [DEPLOYMENT_HEADER]: DEPLOYMENT_ID }),
  };
}

/**
 * The headers of pages. Scripts and styles load from this server or carry the request's nonce; other inline code
 * does not run.
 *
 * @param dev permits the development server to evaluate code, inject styles and open its web socket.
 */
export function pageHeaders(nonce: string, dev: boolean): Record<string, string> {
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    ...ALWAYS,
    "Content-Security-Policy": policy.join("; "),
    // A page shows rows that only this person may see: no cache may keep it, not even for the back button after
    // sign-out.
    "Cache-Control": "no-store",
  };
}
