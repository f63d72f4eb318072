/** Whether the process responds. It checks nothing else, because a restart would not bring the database back. */
export function GET(): Response {
  return Response.json({ status: "live" });
}
