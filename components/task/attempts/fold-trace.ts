/** Consecutive lines of a trace: the message and the user's own code, or library frames. */
export type TracePart = { library: boolean; frames: number; lines: string[] };

/** Frames of packages and of the language runtime, as Node, Python and Go print them. */
const LIBRARY =
  /node_modules\/|\bnode:|\(internal\/|(?:site|dist)-packages\/|\/lib\/python\d|<frozen |\/go\/pkg\/mod\/|\/usr\/local\/go\/src\/|<anonymous>\)?$/;
const FRAME = /^\s+at |^\s*File "|^\s+\S+\.go:\d+/;
const PYTHON_FRAME = /^\s*File "/;

/**
 * Splits a trace into parts, in order and without loss. Consecutive library frames form one part, together with the
 * code that Python prints below a frame.
 */
export function foldTrace(text: string): TracePart[] {
  const parts: TracePart[] = [];
  let inPython: { indent: number } | null = null;
  for (const line of text.split("\n")) {
    const isFrame = FRAME.test(line);
    const indent = line.length - line.trimStart().length;
    if (!isFrame && inPython && indent > inPython.indent) parts.at(-1)?.lines.push(line);
    else {
      const library = isFrame && LIBRARY.test(line);
      inPython = PYTHON_FRAME.test(line) ? { indent } : null;
      const last = parts.at(-1);
      if (last?.library === library) {
        last.lines.push(line);
        last.frames += Number(isFrame);
      } else parts.push({ library, frames: Number(isFrame), lines: [line] });
    }
  }
  return parts;
}
