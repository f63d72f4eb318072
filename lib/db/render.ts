import {
  Column,
  is,
  isSQLWrapper,
  Name,
  Param,
  SQL,
  StringChunk,
  Subquery,
  Table,
  View,
} from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { type Pausing, workInTurns } from "@/lib/model/work/turns";

/** Statements with more parts than this are rendered in turns. */
const LARGE = 4_000;

/** The number of parts between two yields. */
const STRETCH = 200;

const dialect = new PgDialect();

/** Whether rendering a statement could take longer than a turn. */
export function isLarge(statement: SQL): boolean {
  let left = LARGE;
  const exceeds = (parts: readonly unknown[]): boolean =>
    parts.some((part) => {
      if (--left < 0) return true;
      const inner = listParts(part);
      return inner !== null && exceeds(inner);
    });
  return exceeds(statement.queryChunks);
}

/**
 * The same statement, rendered in turns: Drizzle renders all of it at once, which takes seconds for many conditions on
 * each of many queues. Equal parameters with the same cast, which repeat with each queue, are sent once.
 */
export function renderInTurns(statement: SQL): Promise<{ sql: string; params: unknown[] }> {
  return workInTurns(render(statement));
}

function* render(statement: SQL): Pausing<{ sql: string; params: unknown[] }> {
  /** Joined now and then, because millions of small texts take long to join at once. */
  const joined: string[] = [];
  let texts: string[] = [];
  const params: unknown[] = [];
  /** The numbers of parameters with a cast, by the cast and the value. */
  const known = new Map<string, Map<unknown, number>>();
  const addParam = (value: unknown, next: unknown) => {
    const cast = is(next, StringChunk)
      ? (/^::[a-z_]+(?:\[\])?/.exec(next.value.join(""))?.[0] ?? null)
      : null;
    const same = cast === null ? undefined : known.get(cast);
    const number = same?.get(value) ?? params.push(value);
    if (same) same.set(value, number);
    else if (cast !== null) known.set(cast, new Map([[value, number]]));
    texts.push(`$${number}`);
  };
  const names = new Map<unknown, string>();
  const frames = [{ parts: statement.queryChunks as readonly unknown[], at: 0 }];
  let frame = frames.at(-1);
  for (let count = 1; frame; count++) {
    if (count % STRETCH === 0) {
      joined.push(texts.join(""));
      texts = [];
      yield;
    }
    if (frame.at === frame.parts.length) {
      frames.pop();
      frame = frames.at(-1);
      continue;
    }
    const part = frame.parts[frame.at++];
    const inner = listParts(part);
    if (inner) {
      frame = { parts: inner, at: 0 };
      frames.push(frame);
    } else if (is(part, StringChunk)) texts.push(...part.value);
    else if (isName(part)) {
      const name = names.get(part) ?? dialect.sqlToQuery(new SQL([part])).sql;
      names.set(part, name);
      texts.push(name);
    } else if (is(part, Param))
      addParam(
        part.value === null ? null : part.encoder.mapToDriverValue(part.value),
        frame.parts[frame.at],
      );
    else if (part !== undefined) addParam(part, frame.parts[frame.at]);
  }
  return { sql: joined.join("") + texts.join(""), params };
}

/** A part that Drizzle renders as a name, without parameters. */
function isName(part: unknown): part is Column | Table | Name | View | SQL.Aliased {
  return [Column, Table, Name, View, SQL.Aliased].some((kind) => is(part, kind));
}

/** The parts of which a part consists; `null` for a text, a name and a parameter. */
function listParts(part: unknown): readonly unknown[] | null {
  if (is(part, StringChunk) || typeof part !== "object" || part === null) return null;
  if (is(part, SQL)) return part.queryChunks;
  if (Array.isArray(part))
    return part
      .flatMap((one, index) => [new StringChunk(index === 0 ? "(" : ", "), one])
      .concat(new StringChunk(")"));
  if (is(part, Subquery))
    return [new StringChunk("("), part._.sql, new StringChunk(") "), new Name(part._.alias)];
  if (is(part, Param) || isName(part) || !isSQLWrapper(part)) return null;
  return [new StringChunk("("), part.getSQL(), new StringChunk(")")];
}
