/**
 * A JSON value as the client layer reads and writes it. Integers beyond `Number.MAX_SAFE_INTEGER` are `bigint`, so
 * that they survive a round trip. Where a column may also be SQL NULL, `undefined` is SQL NULL and `null` is the
 * JSON value null.
 */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/**
 * A JSON value of a user, as the text PostgreSQL prints, so that numbers stay exact. `null` is SQL NULL; the text
 * `null` is the JSON value null. `text` is absent when the value is larger than the inline limit: fetch it separately.
 */
export type Payload = {
  bytes: number;
  text?: string;
  /** Of an error without `text`: a shortened copy as JSON, with its name, message and the beginning of its trace. */
  head?: string;
  /** Of an error without `text`: a digest of it, so that it can be compared with another. */
  digest?: string;
  /** How many values in `text` or `head` are redacted; each reads `[redacted n]`. `bytes` is the size before redaction. */
  redacted?: number;
  /**
   * Set when `bytes` is the size as stored, because printing a large value only to measure it is slow. Compressed, it may be
   * a small part of the text's size. `cut`: only the beginning was read.
   */
  approximate?: "compressed" | "stored" | "cut";
} | null;
