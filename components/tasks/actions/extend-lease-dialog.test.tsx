// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { auditChoicesQuery } from "@/lib/query/audit";
import { getRecording } from "@/testing/recordings";
import { render } from "@/testing/render";
import { ExtendLeaseDialog } from "./extend-lease-dialog";

/** Opens the dialog in a database with or without the audit log. */
function open(installed: boolean) {
  const queries = new QueryClient();
  const choices = { installed, operators: [], actions: [] };
  queries.setQueryData<unknown>(auditChoicesQuery().queryKey, choices);
  const detail = getRecording("running");
  const run = detail.runs.at(-1);
  if (!run) throw new Error("The recording has no attempt");
  return render(
    <QueryClientProvider client={queries}>
      <ExtendLeaseDialog detail={detail} run={run} onClose={() => {}} />
    </QueryClientProvider>,
  );
}

test("extending a lease warns that workers may still end themselves", () => {
  expect(open(true).getByRole("dialog").textContent).toContain(
    "A worker of the TypeScript SDK ends its own process after twice the lease",
  );
});

test("a reason is requested only if it is recorded", () => {
  expect(open(true).getByLabelText(/^Reason/)).toBeTruthy();
});

test("without an audit log, no reason is requested and the dialog shows why", () => {
  const { queryByLabelText, getByText } = open(false);
  expect(queryByLabelText(/^Reason/)).toBeNull();
  expect(getByText(/^This action is not recorded/)).toBeTruthy();
});
