/**
 * Marks a body that a route compressed itself, between the route and the server (`server/serve.ts`), because Next
 * removes `Content-Encoding` from the responses of routes. On a request: the encoding that its client accepts. On
 * a response: the encoding of its body. The development server sets neither, so nothing is compressed there.
 */
export const BODY_ENCODING_HEADER = "x-body-encoding";
