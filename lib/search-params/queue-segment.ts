/**
 * A queue's name as a segment of a path. `.` and `..` would be taken for directories, percent-encoded too, by every
 * browser and proxy; so they, and for clarity all names that begin with `~`, have a `~` before them.
 */
export function queueSegment(queue: string): string {
  return encodeURIComponent(/^(~|\.\.?$)/.test(queue) ? `~${queue}` : queue);
}

/** The name in a segment that was percent-decoded before. */
export function queueOfSegment(segment: string): string {
  return segment.startsWith("~") ? segment.slice(1) : segment;
}
