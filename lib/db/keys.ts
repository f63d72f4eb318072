import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { getHomeDatabase } from "./databases";
import { getEnvironment } from "./env";

/**
 * A key of 32 bytes for one purpose, the same in every process with these settings. Derived from
 * `DASHBOARD_SECRET`, or else from the token, or else from the connection string: anyone who can guess that can
 * use the database anyway. A new token gives new keys too.
 */
export function deriveKey(purpose: string): Buffer {
  const { DASHBOARD_SECRET, DASHBOARD_TOKEN } = getEnvironment();
  const secret =
    [DASHBOARD_SECRET, DASHBOARD_TOKEN].filter(Boolean).join("\0") || getHomeDatabase().url;
  return createHmac("sha256", secret).update(`absurd-dashboard ${purpose}`).digest();
}

/** Encrypts a text for this server, with AES-256-GCM. */
export function encrypt(purpose: string, text: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", deriveKey(purpose), iv);
  return Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts a text of `encrypt`; `null` if it was encrypted with another key, or changed. */
export function decrypt(purpose: string, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv("aes-256-gcm", deriveKey(purpose), bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return text.toString("utf8");
  } catch {
    return null;
  }
}
