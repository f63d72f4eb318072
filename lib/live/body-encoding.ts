/**
 * How a body that a route compressed itself is marked between the route and the server (`server/serve.ts`), because Next
 * removes `Content-Encoding` from what routes return. On a request: the encoding that its client accepts. On a response: that
 * of its body. The development server sets neither, so nothing is compressed there.
 */
export const BODY_ENCODING_HEADER = "x-body-encoding";
