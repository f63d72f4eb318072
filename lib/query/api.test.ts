import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchJson } from "./api";

let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/slow") return;
    if (path === "/ok") return response.end('{"n": 1}');
    response.statusCode = 503;
    response.end(
      path === "/page"
        ? "<html>Bad gateway</html>"
        : '{"error": {"code": "database_unavailable", "message": "Away.", "hint": "Wait."}}',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("a response is parsed", async () => {
  expect(await fetchJson(`${address}/ok`)).toEqual({ n: 1 });
});

test("an error keeps its code, message and hint", async () => {
  await expect(fetchJson(`${address}/error`)).rejects.toMatchObject({
    name: "ProblemError",
    code: "database_unavailable",
    message: "Away.",
    hint: "Wait.",
  });
});

test("a response from a proxy in between is an error too", async () => {
  await expect(fetchJson(`${address}/page`)).rejects.toMatchObject({
    code: "internal",
  });
});

test("a missing response is a network error, an abort is not", async () => {
  await expect(fetchJson("http://127.0.0.1:1/")).rejects.toMatchObject({
    code: "network",
  });
  const controller = new AbortController();
  const slow = fetchJson(`${address}/slow`, controller.signal);
  controller.abort();
  await expect(slow).rejects.toMatchObject({ name: "AbortError" });
});
