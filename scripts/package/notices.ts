import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

type Manifest = {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
  dependencies?: Record<string, string>;
};

/** Folders whose code the build bundles; their imports are followed. */
const BUNDLED = ["app", "components", "lib"];

/** The beginning of the MIT licence text, which doesn't contain its name. */
const MIT = /Permission is hereby granted, free of charge, to any person obtaining a copy/;

/** Licences that only require including their text and the copyright; any other must be reviewed by a person first. */
const ACCEPTED =
  /^(MIT|MIT-0|ISC|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|0BSD|CC0-1\.0|CC-BY-4\.0|BlueOak-1\.0\.0|Unlicense|OFL-1\.1|SIL OPEN FONT LICENSE|Python-2\.0|MPL-2\.0)$/;

/**
 * Lists the packages in the published archive: those that the product's code imports with all their dependencies, and
 * those in the bundles of the command.
 *
 * @param inputs bundled files, relative to `root`.
 */
export async function listBundledPackages(
  root: string,
  inputs: readonly string[],
): Promise<string[]> {
  const names = new Set<string>();
  const add = async (name: string) => {
    if (names.has(name) || !existsSync(path.join(root, "node_modules", name, "package.json")))
      return;
    names.add(name);
    const { dependencies = {} } = await readManifest(path.join(root, "node_modules", name));
    for (const dependency of Object.keys(dependencies)) await add(dependency);
  };
  for (const input of inputs) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll("\\", "/"))?.[1];
    if (name) names.add(name);
  }
  for (const folder of BUNDLED)
    for (const file of await readdir(path.join(root, folder), { recursive: true })) {
      if (!/\.tsx?$/.test(file) || /\.test\.|(^|\/)testing\//.test(file)) continue;
      const text = await readFile(path.join(root, folder, file), "utf8");
      for (const [, name = ""] of text.matchAll(
        /(?:from|import)\s*\(?\s*"((?:@[a-z][^/"]*\/)?[a-z][^/"]*)[^"]*"/g,
      ))
        await add(name);
    }
  return [...names].sort();
}

/** A package in the archive. `text` is the content of its licence files. */
export type Bundled = { name: string; version: string; license: string; text: string };

/**
 * Describes the packages in the archive: the given ones, those that the build traced, and those that are compiled into
 * the framework.
 *
 * @throws Error for a package without a licence, or with one that hasn't been reviewed.
 */
export async function describePackages(
  root: string,
  app: string,
  names: readonly string[],
): Promise<Bundled[]> {
  const modules = path.join(root, "node_modules");
  const traced = path.join(app, "node_modules");
  const all = new Set([...names, ...(await listPackages(traced))]);
  const folders = [...all].map((name) => path.join(modules, name));
  const compiled = "next/dist/compiled";
  for (const name of await listPackages(path.join(traced, compiled))) {
    const folder = path.join(modules, compiled, name);
    if (existsSync(path.join(folder, "package.json"))) folders.push(folder);
  }
  const packages = await Promise.all(folders.map(describe));
  const refused = packages.filter(({ license }) => !isAccepted(license));
  if (refused.length > 0) {
    const list = refused.map(({ name, license }) => `${name} (${license})`).join(", ");
    throw new Error(`These packages have a licence that must be looked at first: ${list}.`);
  }
  return packages.sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** The notices required by the packages' licences. */
export function formatNotices(packages: readonly Bundled[]): string {
  const intro =
    "This package contains the following packages, or parts of them, under the licences below.";
  const texts = packages.map(
    ({ name, version, license, text }) => `${name} ${version}\nLicence: ${license}\n\n${text}`,
  );
  return `${[intro, ...texts].join(`\n\n${"-".repeat(78)}\n\n`)}\n`;
}

/**
 * The list of packages as a CycloneDX document, in the given order and without a time, so that equal builds are
 * identical.
 */
export function formatSbom(
  product: { name: string; version: string },
  packages: readonly Bundled[],
): string {
  const component = ({ name, version }: { name: string; version: string }, type: string) => ({
    type,
    name,
    version,
    purl: `pkg:npm/${name.replace(/^@/, "%40")}${version && `@${version}`}`,
  });
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: component(product, "application") },
    components: packages.map((one) => ({
      ...component(one, "library"),
      licenses: [{ expression: one.license }],
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function isAccepted(license: string): boolean {
  return license.split(/ OR | AND /).some((one) => ACCEPTED.test(one.replace(/[()]/g, "")));
}

async function describe(folder: string): Promise<Bundled> {
  const manifest = await readManifest(folder);
  const files = (await readdir(folder)).filter((name) =>
    /^(licen[cs]e|copying|notice)/i.test(name),
  );
  const texts = await Promise.all(
    files.sort().map((name) => readFile(path.join(folder, name), "utf8").catch(() => "")),
  );
  const author = typeof manifest.author === "object" ? manifest.author.name : manifest.author;
  const text = texts
    .map((one) => one.trim())
    .filter(Boolean)
    .join("\n\n");
  return {
    name: manifest.name ?? path.basename(folder),
    version: manifest.version ?? "",
    // Some old packages only have the text.
    license: manifest.license ?? (MIT.test(text) ? "MIT" : "none"),
    text: text || `Copyright ${author ?? `the authors of ${manifest.name}`}`,
  };
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
}

async function listPackages(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  const nested = names.map(async (name) =>
    name.startsWith("@")
      ? (await readdir(path.join(folder, name))).map((inner) => `${name}/${inner}`)
      : [name],
  );
  return (await Promise.all(nested)).flat();
}
