/** Words that the diagram language takes for something else where a state's id stands. */
const RESERVED = new Set(["state", "note", "class", "style", "click", "default", "scale"]);

/**
 * Ids for a state diagram, one for each path: letters, digits and underscores, unique, and none that the language
 * would misread. A path that is safe already keeps its text.
 */
export function safeIds(paths: Iterable<string>): Map<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const path of paths) {
    const plain = path.replace(/[^A-Za-z0-9_]/g, "_");
    const isUnsafe = RESERVED.has(plain.toLowerCase()) || !/^[A-Za-z_]/.test(plain);
    const base = isUnsafe ? `t_${plain}` : plain;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}_${count}`;
    taken.add(id);
    ids.set(path, id);
  }
  return ids;
}

/** Text for a quoted label: one line, never empty, without the quotes that would end it. */
export function safeLabel(text: string): string {
  return text.replaceAll('"', "#quot;").replace(/\s+/g, " ").trim() || " ";
}
