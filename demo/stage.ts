/** Prints one stage of a start: its title at once, its progress, and how long it took. */
export async function stage<T>(
  title: string,
  work: (say: (line: string) => void) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  console.log(`▸ ${title}`);
  const result = await work((line) => console.log(`  ${line}`));
  console.log(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}
