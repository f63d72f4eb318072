import { expect, test, vi } from "vitest";

const { recordAudit } = vi.hoisted(() => ({ recordAudit: vi.fn(async () => {}) }));
vi.mock("@/lib/audit/record", () => ({ recordAudit }));

test("copies of the module in other bundles count the same refusals", async () => {
  vi.stubEnv("DATABASE_URL", "postgresql://127.0.0.1:9/x");
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const actor = { name: "ada", door: "oidc", subject: "ada", address: null } as const;
  for (let copy = 0; copy < 3; copy++) {
    vi.resetModules();
    const { recordRefusal } = await import("./refusal");
    for (let n = 0; n < 5; n++)
      await recordRefusal({ actor, address: null, action: "view", code: "forbidden", message: "" });
  }
  expect(recordAudit).toHaveBeenCalledTimes(10);
});
