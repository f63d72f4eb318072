/** Whether the process responds. It looks at nothing else: restarting it would not bring a database back. */
export function GET(): Response {
  return Response.json({ status: "live" });
}
