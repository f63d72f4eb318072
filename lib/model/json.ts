/**
 * A JSON value as the client layer reads and writes it. Integers beyond `Number.MAX_SAFE_INTEGER` are `bigint`, so
 * that they survive a round trip. Where a column may also be SQL NULL, `undefined` is SQL NULL and `null` is the
 * JSON value null.
 */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/**
 * A user's JSON value, as the text PostgreSQL prints, so that numbers stay exact. `null` is SQL NULL; the text
 * `null` is the JSON value null. `text` is absent when the value is larger than the inline limit: fetch it
 * separately.
 */
export type Payload = {
  bytes: number;
  text?: string;
  /** For an error without `text`: a shortened copy as JSON, with its name, message and the start of its trace. */
  head?: string;
  /** For an error without `text`: a digest to compare it with other errors. */
  digest?: string;
  /**
   * How many values in `text` or `head` are redacted; each reads `[redacted n]`. `bytes` is the size before redaction.
   */
  redacted?: number;
  /**
   * Set when `bytes` is the stored size, because printing a large value only to measure it is slow. If compressed,
   * that may be a small fraction of the text's size. `cut`: only the start was read.
   */
  approximate?: "compressed" | "stored" | "cut";
} | null;
