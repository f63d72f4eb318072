import { connect } from "node:net";

/** Faults of the payment provider; `none` means success. */
export const FAULTS = [
  "none",
  "timeout",
  "declined",
  "rate-limited",
  "maintenance-page",
  "unreachable",
  "missing-field",
] as const;
export type Fault = (typeof FAULTS)[number];

export class GatewayTimeoutError extends Error {
  override name = "GatewayTimeoutError";
}
export class CardDeclinedError extends Error {
  override name = "CardDeclinedError";
}
export class RateLimitedError extends Error {
  override name = "RateLimitedError";
}

export type Capture = { captureId: string; amountCents: number };

/** Captures an amount at a provider that fails with the given fault, throwing the error of a real client. */
export async function capture(payment: { amountCents: number; paymentId: string }, fault: Fault) {
  const response = await post("/v2/captures", payment, fault);
  return parseCapture(response);
}

async function post(
  path: string,
  payment: { paymentId: string; amountCents: number },
  fault: Fault,
) {
  switch (fault) {
    case "timeout":
      throw new GatewayTimeoutError(`POST ${path} did not answer within 10000 ms`);
    case "declined":
      throw new CardDeclinedError(
        `Card declined: insufficient_funds (payment ${payment.paymentId})`,
      );
    case "rate-limited":
      throw new RateLimitedError("429 Too Many Requests: retry after 30 s");
    case "maintenance-page":
      return "<!doctype html><h1>We'll be back soon</h1><script>location.reload()</script>";
    case "unreachable":
      await dial("127.0.0.1", 9);
      return "";
    case "missing-field":
      return '{"status":"ok"}';
    case "none":
      return JSON.stringify({
        capture: { captureId: `cap_${payment.paymentId}`, amountCents: payment.amountCents },
      });
  }
}

function dial(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => {
      socket.end();
      resolve();
    });
    socket.once("error", reject);
  });
}

function parseCapture(text: string): Capture {
  const { capture: found } = JSON.parse(text) as { capture: Capture };
  return { captureId: found.captureId, amountCents: found.amountCents };
}
