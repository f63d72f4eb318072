/** Prints one stage of the start: its title at once, then its progress and duration. */
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
