import { existsSync } from "node:fs";
import { execa } from "execa";

/**
 * Makes sure that a Debian program is installed, and returns its path.
 *
 * @throws Error that states what to install manually if it can't be installed.
 */
export async function ensureProgram(program: string, debianPackage = program): Promise<string> {
  const find = () =>
    ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"]
      .map((folder) => `${folder}/${program}`)
      .find(existsSync);
  if (!find() && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const install = `apt-get update -q && apt-get install -y -q --no-install-recommends ${debianPackage}`;
    await execa("sh", ["-c", install], { reject: false });
  }
  const found = find();
  if (!found)
    throw new Error(`This test needs ${program}. On Debian: apt-get install ${debianPackage}`);
  return found;
}
