import { createServer } from "node:http";
import { expect, test } from "vitest";
import { warmUp } from "./warm-up";

const own = createServer();

test("the first pages are requested below the base path, one after the other", async () => {
  const requested: string[] = [];
  let open = 0;
  await warmUp(
    own,
    (request, response) => {
      expect(open++).toBe(0);
      requested.push(`${request.headers.host?.replace(/\d+$/, "")} ${request.url}`);
      setTimeout(() => {
        open--;
        response.end("<html>");
      }, 20);
    },
    "/ops/absurd",
  );
  expect(requested).toEqual(["127.0.0.1: /ops/absurd/sign-in", "127.0.0.1: /ops/absurd/settings"]);
});

test("a redirect is not followed, because it may lead to another host", async () => {
  const requested: unknown[] = [];
  await warmUp(
    own,
    (request, response) => {
      requested.push(request.url);
      response.writeHead(307, { Location: "http://127.0.0.1:9/elsewhere" }).end();
    },
    "",
  );
  expect(requested).toEqual(["/sign-in", "/settings"]);
});

test("a page that fails or never responds does not stop the server's start", async () => {
  await warmUp(own, (request) => void request.socket.destroy(), "");
  let url = "";
  await warmUp(
    own,
    (request) => {
      url = request.url ?? "";
    },
    "",
    50,
  );
  expect(url).toBe("/sign-in");
});

test("the framework's handler of upgrades does not stay", async () => {
  const server = createServer();
  await warmUp(
    server,
    (_, response) => {
      server.on("upgrade", () => {});
      response.end();
    },
    "",
  );
  expect(server.listenerCount("upgrade")).toBe(0);
});
