// @vitest-environment jsdom
import { expect, test } from "vitest";
import { render } from "@/testing/render";
import { ReplicaNote } from "./replica-banner";

test("the banner shows the lag of a replica that is behind, and is absent for one that keeps up or a primary", () => {
  const late = render(<ReplicaNote lagSeconds={80} />);
  expect(late.getByRole("status").textContent).toMatch(
    /^Pages are read from a replica, which was 1 min 20 s behind at the last check\./,
  );
  for (const lagSeconds of [0, 4, undefined])
    expect(render(<ReplicaNote lagSeconds={lagSeconds} />).container.textContent).toBe("");
});
