import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { getTlsOptions, type LimitedClient } from "./client";

/** Request codes of PostgreSQL's protocol: cancellation, and TLS. */
const CANCEL_REQUEST = 80_877_102;
const TLS_REQUEST = 80_877_103;

/** How long to wait for a cancel request, in milliseconds. */
const LIMIT_MS = 1_000;

/** When to give up its connection, in milliseconds. */
const GIVE_UP_MS = 30_000;

/**
 * Asks the server to cancel the running statement of this connection. A cancel request needs no login: it works
 * while all connections are taken, and through a pooler, whose process ids mean nothing to the server. Best
 * effort: the statement has a timeout anyway.
 */
export async function cancelStatement(victim: LimitedClient): Promise<void> {
  // node-postgres stores the key that the server sent, but does not declare it.
  const { processID, secretKey } = victim as unknown as { processID?: number; secretKey?: number };
  if (processID === undefined || secretKey === undefined) return;
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const { target, host, tls } = victim.endpoint;
  const socket = connect(
    host.host.startsWith("/")
      ? { path: `${host.host}/.s.PGSQL.${host.port}` }
      : { host: host.address ?? host.host, port: host.port },
  );
  socket.on("error", () => {});
  socket.unref();
  setTimeout(() => socket.destroy(), GIVE_UP_MS).unref();
  const send = async () => {
    await once(socket, "connect");
    const secure = tls
      ? await secureSocket(socket, target.tls.direct, getTlsOptions(target, host))
      : socket;
    secure.on("error", () => {});
    // The server closes the connection when it has processed the request. Closing our side first makes PgBouncer
    // 1.18 exit while it processes a request, and drops the connections of all its clients.
    secure.write(request);
    secure.resume();
    await once(secure, "close");
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS);
  });
  // The statement timeout ends any statement that could not be cancelled.
  await Promise.race([send().catch(() => undefined), limit]);
  clearTimeout(timer);
}

async function secureSocket(
  socket: Socket,
  direct: boolean,
  options: ReturnType<typeof getTlsOptions>,
): Promise<Socket> {
  if (!direct) {
    const request = Buffer.alloc(8);
    request.writeInt32BE(8, 0);
    request.writeInt32BE(TLS_REQUEST, 4);
    socket.write(request);
    const [response] = await once(socket, "data");
    if (String(response) !== "S") throw new Error("The server does not offer TLS.");
  }
  const secure = connectTls({
    ...options,
    socket,
    ...(direct ? { ALPNProtocols: ["postgresql"] } : {}),
  });
  await once(secure, "secureConnect");
  return secure;
}
