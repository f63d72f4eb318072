import "server-only";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";
import { BODY_ENCODING_HEADER } from "./body-encoding";

const TYPE = "application/json; charset=utf-8";

/** Smaller bodies fit into one packet uncompressed. In bytes. */
const SMALLEST_COMPRESSED = 1_400;

/** Handing a body to another thread takes longer than compressing up to this much. In bytes. */
const SMALL = 65_536;

/** The header of a 304 response with the time of the result, which is the only part that changed. */
const NOW_HEADER = "X-Now";

type Encoded = { bytes: Uint8Array<ArrayBuffer>; etag: string; now: string | undefined };

// Requests that share a result share its bytes, hash and compressed forms.
const encoded = new WeakMap<object, Promise<Encoded>>();
const compressed = new WeakMap<Encoded, Promise<Uint8Array<ArrayBuffer>>>();

/**
 * A result as JSON; 304 if the request's `If-None-Match` shows that the client has it. The ETag is weak: it covers
 * everything except the member `now`, which a 304 sends in `X-Now`.
 */
export async function jsonResponse(request: Request, result: object): Promise<Response> {
  const body = await encode(result);
  const headers: Record<string, string> = { ETag: body.etag };
  if (request.headers.get("if-none-match") === body.etag) {
    if (body.now !== undefined) headers[NOW_HEADER] = body.now;
    return new Response(null, { status: 304, headers });
  }
  headers["Content-Type"] = TYPE;
  headers.Vary = "Accept-Encoding";
  if (
    request.headers.get(BODY_ENCODING_HEADER) !== "gzip" ||
    body.bytes.length < SMALLEST_COMPRESSED
  )
    return new Response(body.bytes, { headers });
  headers[BODY_ENCODING_HEADER] = "gzip";
  return new Response(await compress(body), { headers });
}

function encode(result: object): Promise<Encoded> {
  const made = encoded.get(result) ?? workInTurns(encodeInTurns(result));
  encoded.set(result, made);
  return made;
}

function* encodeInTurns(result: object): Pausing<Encoded> {
  const { now, ...rest } = result as { now?: unknown };
  const text = (yield* stringifyInTurns(rest)) ?? "{}";
  yield;
  const etag = `W/"${createHash("sha1").update(text).digest("base64url")}"`;
  yield;
  const whole =
    typeof now === "string"
      ? `${text.slice(0, -1)}${text === "{}" ? "" : ","}"now":${JSON.stringify(now)}}`
      : now === undefined && !Array.isArray(result)
        ? text
        : JSON.stringify(result);
  const bytes = new TextEncoder().encode(whole);
  return { bytes, etag, now: typeof now === "string" ? now : undefined };
}

/** The members or items that are stringified between two pauses. */
const STRETCH = 50;

/** Values nested deeper are stringified at once. */
const LEVELS = 5;

/**
 * A value with at most this many members at all levels is stringified at once, in about a millisecond: turns allocate ten
 * times as much memory.
 */
const FEW = 5_000;

/**
 * As `JSON.stringify`, pausing within large lists and objects. `undefined` for a value that JSON leaves out.
 *
 * @param few how many members a value may have that is stringified at once.
 */
export function* stringifyInTurns(
  value: unknown,
  few = FEW,
  level = 0,
): Pausing<string | undefined> {
  if (typeof value !== "object" || value === null || level === LEVELS || "toJSON" in value)
    return JSON.stringify(value);
  if (countMembers(value, few) <= few) return JSON.stringify(value);
  const texts: string[] = [];
  if (Array.isArray(value)) {
    if (value.length <= STRETCH)
      for (const item of value)
        texts.push((yield* stringifyInTurns(item, few, level + 1)) ?? "null");
    else
      for (let at = 0; at < value.length; at += STRETCH) {
        texts.push(JSON.stringify(value.slice(at, at + STRETCH)).slice(1, -1));
        yield;
      }
    return `[${texts.join(",")}]`;
  }
  const members = Object.entries(value);
  if (members.length <= STRETCH)
    for (const [name, member] of members) {
      const text = yield* stringifyInTurns(member, few, level + 1);
      if (text !== undefined) texts.push(`${JSON.stringify(name)}:${text}`);
      yield;
    }
  else
    for (let at = 0; at < members.length; at += STRETCH) {
      const part = Object.fromEntries(members.slice(at, at + STRETCH));
      const text = JSON.stringify(part).slice(1, -1);
      if (text !== "") texts.push(text);
      yield;
    }
  return `{${texts.join(",")}}`;
}

/** The number of members of a value and of the values in it; some number above `most` if there are more. */
function countMembers(value: object, most: number): number {
  let count = 0;
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    count++;
    if (typeof member === "object" && member !== null) count += countMembers(member, most - count);
    if (count > most) break;
  }
  return count;
}

const compressBytes = promisify(gzip);

/** Compresses large bodies off the main thread. */
function compress(body: Encoded): Promise<Uint8Array<ArrayBuffer>> {
  const known = compressed.get(body);
  if (known) return known;
  const options = { level: 5 };
  const made =
    body.bytes.length <= SMALL
      ? Promise.resolve(new Uint8Array(gzipSync(body.bytes, options)))
      : compressBytes(body.bytes, options).then((bytes) => new Uint8Array(bytes));
  compressed.set(body, made);
  return made;
}
