/**
 * A queue's name as an encoded path segment. Browsers and proxies resolve `.` and `..` as directories, even
 * percent-encoded, so these names have a `~` prefix, as do names that start with `~`.
 */
export function queueSegment(queue: string): string {
  return encodeURIComponent(/^(~|\.\.?$)/.test(queue) ? `~${queue}` : queue);
}

/** The queue name of a percent-decoded path segment. */
export function queueOfSegment(segment: string): string {
  return segment.startsWith("~") ? segment.slice(1) : segment;
}
