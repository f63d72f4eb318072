/** How the width of a column is determined. */
export type ColumnWidth =
  /** A fixed width in pixels. */
  | { fixed: number }
  /** The width of the longest text in pixels, and what it is not shrunk below; by default 80. */
  | { text: number; least?: number }
  /** The remaining width. */
  | "rest";

/** Text columns are at least this wide, and at most `MOST` unless the row has space to spare. In pixels. */
const LEAST = 80;
const MOST = 220;

/** Minimum width of the main column; other columns are hidden before it gets narrower. */
const REST = 280;

/**
 * The columns that fit into a row, with their widths in pixels. Text is shown in full while there is space. Otherwise
 * text columns shrink to their least width, and then columns are hidden in the order of `leaving`.
 *
 * @param available width of the row for these columns, in pixels.
 */
export function layOutColumns<Key extends string>(
  columns: readonly { key: Key; width: ColumnWidth }[],
  available: number,
  leaving: readonly Key[],
): Map<Key, number> {
  const [first, ...later] = leaving.filter((key) => columns.some((one) => one.key === key));
  const wanted = columns.map(({ width }) => want(width));
  const room = available - REST - sum(wanted.map(({ least }) => least));
  if (room < 0 && first !== undefined)
    return layOutColumns(
      columns.filter(({ key }) => key !== first),
      available,
      later,
    );
  const usual = share(
    wanted.map(({ least, usual: to }) => to - least),
    Math.max(room, 0),
  );
  const left = room - sum(usual);
  const more = share(
    wanted.map(({ usual: from, whole }) => whole - from),
    Math.max(left, 0),
  );
  const widths = wanted.map(({ least }, index) => least + (usual[index] ?? 0) + (more[index] ?? 0));
  const rest = Math.max(available - sum(widths), 0);
  return new Map(
    columns.map(({ key, width }, index) => [key, width === "rest" ? rest : (widths[index] ?? 0)]),
  );
}

function want(width: ColumnWidth): { least: number; usual: number; whole: number } {
  if (width === "rest") return { least: 0, usual: 0, whole: 0 };
  if ("fixed" in width) return { least: width.fixed, usual: width.fixed, whole: width.fixed };
  const whole = Math.max(Math.ceil(width.text), LEAST);
  const least = Math.min(whole, width.least ?? LEAST);
  return { least, usual: Math.min(whole, MOST), whole };
}

/** Distributes the missing width: each column gets what it lacks, or an equal share, so that short texts fit first. */
function share(lacking: readonly number[], room: number): number[] {
  const order = lacking.map((lack, index) => ({ lack, index })).sort((a, b) => a.lack - b.lack);
  const given = lacking.map(() => 0);
  let left = room;
  for (const [place, { lack, index }] of order.entries()) {
    const part = Math.floor(Math.min(lack, left / (order.length - place)));
    given[index] = part;
    left -= part;
  }
  return given;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
