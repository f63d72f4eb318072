import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findElsewhere, hasTooManyRequests, offerCompressedFile } from "./serve";

/** Runs the script of `npm start` with only these settings. */
function start(settings: Record<string, string>) {
  const { PATH = "", HOME = "", NODE_ENV } = process.env;
  return promisify(execFile)(process.execPath, ["--import", "tsx", "server/main.ts", "serve"], {
    env: { PATH, HOME, NODE_ENV, ...settings },
  });
}

const DATABASE_URL = "postgresql://nobody:nothing@127.0.0.1:9/none";

test.each([
  ["DATABASE_URL", {}],
  ["DASHBOARD_TOKEN", { DATABASE_URL, HOST: "0.0.0.0" }],
  ["DASHBOARD_TOKEN", { DATABASE_URL, HOST: "0.0.0.0", DASHBOARD_TOKEN: "short" }],
  ["PORT", { DATABASE_URL, PORT: "http" }],
])("a setting that can't be used is refused at start: %s", async (name, settings) => {
  await expect(start(settings)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(name),
    stdout: "",
  });
});

test("a request for an asset of another version is redirected, because another server may have it", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "absurd-assets-"));
  const assets = path.join(folder, "static");
  await mkdir(path.join(assets, "chunks"), { recursive: true });
  await writeFile(path.join(assets, "chunks/here.js"), "");
  await writeFile(path.join(folder, "secret.js"), "");
  const address = "/ops/_next/static/";
  const find = (url: string) => findElsewhere(url, { id: "new", assets, address });
  try {
    const first = `${address}chunks/gone.js?dpl=old`;
    expect(find(first)).toBe(`${first}&try=1`);
    expect(find(`${first}&try=14`)).toBe(`${first}&try=15`);
    // No endless redirects, and none for assets that exist here, have this version, or for other URLs.
    for (const url of [
      `${first}&try=15`,
      `${first}&try=x`,
      `${address}chunks/here.js?dpl=old`,
      `${address}chunks/gone.js?dpl=new`,
      `${address}chunks/gone.js`,
      "/ops/tasks?dpl=old",
      "/_next/static/chunks/gone.js?dpl=old",
      `${address}../../tasks?dpl=old`,
      `${address}%2e%2e/secret.js?dpl=old`,
      `${address}chunks/%2f%2fevil?dpl=old`,
      `http://evil${address}chunks/gone.js?dpl=old`,
      "//evil/_next/static/chunks/gone.js?dpl=old",
    ])
      expect([url, find(url)]).toEqual([url, null]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a script or style is sent as the smallest file that the client accepts", async () => {
  const assets = await mkdtemp(path.join(tmpdir(), "absurd-assets-"));
  await mkdir(path.join(assets, "chunks"));
  for (const name of ["both.js", "both.js.gz", "both.js.br", "one.css", "one.css.gz", "none.js"])
    await writeFile(path.join(assets, "chunks", name), "");
  const address = "/ops/_next/static/";
  const server = createServer((request, response) => {
    offerCompressedFile(request, response, { assets, address });
    response.end(request.url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const get = (path: string, accepted: string, method = "GET") =>
    new Promise<[string, string | undefined, string | undefined]>((resolve, reject) => {
      const options = { method, path, port, headers: { "accept-encoding": accepted } };
      request(options, (response) => {
        const { "content-encoding": encoding, "content-type": type } = response.headers;
        response.once("data", (url) => resolve([String(url), encoding, type]));
      })
        .on("error", reject)
        .end();
    });
  const script = "application/javascript; charset=UTF-8";
  const both = `${address}chunks/both.js`;
  const one = `${address}chunks/one.css`;
  try {
    expect(await get(`${both}?dpl=a?b`, "gzip, br")).toEqual([`${both}.br?dpl=a?b`, "br", script]);
    expect(await get(both, "gzip, br;q=0")).toEqual([`${both}.gz`, "gzip", script]);
    expect(await get(one, "br, gzip")).toEqual([`${one}.gz`, "gzip", "text/css; charset=UTF-8"]);
    for (const [url, accepted, method] of [
      [both, "identity"],
      [both, "gzip;q=0.0, br;q=0"],
      [both, "gzip", "POST"],
      [one, "br"],
      [`${address}chunks/none.js`, "gzip, br"],
      [`${address}chunks/../chunks/both.js`, "br"],
      [`${address}chunks/%2e%2e/chunks/both.js`, "br"],
      ["/_next/static/chunks/both.js", "br"],
    ] as const)
      expect(await get(url, accepted, method)).toEqual([url, undefined, undefined]);
  } finally {
    server.close();
    await rm(assets, { recursive: true });
  }
});

test("a connection that sends requests without waiting for responses ends, and its requests are not handled", async () => {
  let handled = 0;
  const server = createServer((request, response) => {
    if (hasTooManyRequests(request, response)) return;
    handled++;
    setImmediate(() => response.end("done"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = (text: string) =>
    new Promise<void>((resolve) => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
      socket.write(text);
    });
  const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  try {
    await send(request.repeat(1_000));
    expect(handled).toBeLessThanOrEqual(16);
    handled = 0;
    await send(
      `${request.repeat(7)}${request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}`,
    );
    expect(handled).toBe(8);
    // One after another, a connection may have any number.
    for (let n = 0; n < 40; n++)
      await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).then((one) =>
        one.text(),
      );
    expect(handled).toBe(48);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
