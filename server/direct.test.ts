import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DirectRequest, offerDirectAnswers } from "@/lib/direct-answers";
import { sendDirectly } from "./direct";

let answer: (request: DirectRequest) => Response | null;
const server = createServer((request, response) => {
  sendDirectly(request, response).then(
    (isAnswered) => isAnswered || response.end("by the framework"),
    () => response.writeHead(500).end(),
  );
});
beforeAll(async () => {
  offerDirectAnswers((request) => {
    const response = answer(request);
    return response && Promise.resolve(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = (path: string, init?: RequestInit) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);

test("a response is sent with its status, headers and body", async () => {
  answer = ({ url, headers }) =>
    Response.json({ url, asked: headers.get("x-asked") }, { status: 418, headers: { "X-A": "b" } });
  const response = await send("/a?b=c", { headers: { "X-Asked": "d" } });
  expect(response.status).toBe(418);
  expect(response.headers.get("x-a")).toBe("b");
  expect(await response.json()).toEqual({ url: "/a?b=c", asked: "d" });

  answer = () => new Response(null, { status: 304, headers: { ETag: '"e"' } });
  const empty = await send("/");
  expect([empty.status, empty.headers.get("etag"), await empty.text()]).toEqual([304, '"e"', ""]);
});

test("other methods, and requests without a direct answer, are left to the framework", async () => {
  answer = () => new Response("directly");
  expect(await (await send("/")).text()).toBe("directly");
  expect(await (await send("/", { method: "POST" })).text()).toBe("by the framework");
  expect((await send("/", { method: "HEAD" })).status).toBe(200);
  answer = () => null;
  expect(await (await send("/")).text()).toBe("by the framework");
});

test("an endless body is sent as it comes, and cancelled when the client leaves", async () => {
  let end = () => {};
  let signal: AbortSignal | undefined;
  let cancelled = () => {};
  const left = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  answer = (request) => {
    signal = request.signal;
    const body = new ReadableStream<Uint8Array>({
      start(sink) {
        sink.enqueue(new TextEncoder().encode("first"));
        end = () => sink.close();
      },
      cancel: () => cancelled(),
    });
    return new Response(body);
  };
  const whole = await send("/");
  end();
  expect(await whole.text()).toBe("first");
  expect(signal?.aborted).toBe(false);

  const leaving = new AbortController();
  const part = (await send("/", { signal: leaving.signal })).body?.getReader();
  expect(new TextDecoder().decode((await part?.read())?.value)).toBe("first");
  leaving.abort();
  await left;
  expect(signal?.aborted).toBe(true);
});

test("a client that left before or during the answer leaves no open body", async () => {
  let isStarted = false;
  let cancelled = 0;
  const body = () => new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
  const gone = new EventEmitter() as ServerResponse;
  const request = { method: "GET", url: "/", headers: {} } as IncomingMessage;
  answer = () => {
    isStarted = true;
    return new Response(body());
  };
  Object.assign(gone, { destroyed: true });
  expect(await sendDirectly(request, gone)).toBe(true);
  expect(isStarted).toBe(false);

  Object.assign(gone, { destroyed: false, writableFinished: false });
  const sent = sendDirectly(request, gone);
  gone.emit("close");
  expect(await sent).toBe(true);
  expect([isStarted, cancelled]).toEqual([true, 1]);
});

test("a body that fails does not look complete", async () => {
  answer = () => {
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(sink) {
        if (reads++ === 0) sink.enqueue(new TextEncoder().encode("part"));
        else sink.error(new Error("lost"));
      },
    });
    return new Response(body);
  };
  await expect(send("/").then((response) => response.text())).rejects.toThrow();
});

test("a failure before the response is reported to the server", async () => {
  answer = () => {
    throw new Error("broken");
  };
  expect((await send("/")).status).toBe(500);
});
