import net from "node:net";

/** A proxy to a server that can be cut and restored, like a network. */
export type Switch = { url: string; cut: () => Promise<void>; mend: () => Promise<void> };

/** Puts a switch in front of the server of a connection string; `url` connects through it. It starts connected. */
export async function startSwitch(target: string): Promise<Switch> {
  const to = new URL(target);
  const sockets = new Set<net.Socket>();
  const open = () => {
    const server = net.createServer((near) => {
      const far = net.connect(Number(to.port), to.hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket
          .on("error", () => {})
          .on("close", () => {
            sockets.delete(socket);
            near.destroy();
            far.destroy();
          });
      }
      near.pipe(far).pipe(near);
    });
    return server;
  };
  let server = open();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const url = new URL(target);
  url.port = String(port);
  return {
    url: url.href,
    cut: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: () =>
      new Promise((resolve) => {
        server = open();
        server.listen(port, "127.0.0.1", resolve);
      }),
  };
}
