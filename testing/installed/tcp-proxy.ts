import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export type TcpProxy = {
  port: number;
  /** Drops every packet of the connections that are open now; new ones work. */
  freeze: () => void;
  /** Accepts connections and never responds on them, like a stopped server. */
  freezeAll: () => void;
  thaw: () => void;
  close: () => Promise<void>;
};

/** Forwards to a server and can go silent without closing connections, as networks and stopped machines do. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let isFrozen = false;
  const silence = (pair: [Socket, Socket]) => {
    for (const socket of pair) socket.unpipe();
    for (const socket of pair) socket.pause();
  };
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [socket, other] of [pair, [upstream, client] as const]) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
    if (isFrozen) silence(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The proxy has no port.");
  return {
    port: address.port,
    freeze: () => {
      for (const pair of pairs) silence(pair);
    },
    freezeAll: () => {
      isFrozen = true;
      for (const pair of pairs) silence(pair);
    },
    thaw: () => {
      isFrozen = false;
    },
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
