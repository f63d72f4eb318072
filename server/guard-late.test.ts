import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test, vi } from "vitest";
import { guardRequests } from "@/lib/identity/request-guard";
import { guardLate } from "./serve";

test("a request that begins before the guard is checked like any other, once", async () => {
  vi.stubEnv("DATABASE_URL", "postgresql://127.0.0.1:9/x");
  const server = createServer((request, response) => {
    guardRequests();
    guardLate(request, response, server);
    guardLate(request, response, server);
    response.end(`${request.url} ${Object.keys(request.headers).sort()}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = (head: string) =>
    new Promise<string>((resolve) => {
      let text = "";
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("data", (part) => {
        text += part;
      });
      socket.on("close", () => resolve(text));
      socket.write(`${head}\r\n\r\n`);
    });
  const refused = "/sign-in host,x-absurd-dashboard-peer,x-absurd-dashboard-refusal";
  const twice = "GET /tasks HTTP/1.1\r\nHost: localhost\r\nHost: evil.example";
  expect(await send(twice)).toContain(refused);
  expect(await send("PUT /tasks HTTP/1.1\r\nHost: localhost")).toContain(refused);
  server.close();
});
