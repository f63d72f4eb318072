"use client";
import { useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { signInAction } from "@/lib/actions/session";
import { withBase } from "@/lib/base-path";

/** Signs in with the token and opens `next`. */
export function SignInForm({ next }: { next: string }) {
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);
  async function submit() {
    setPending(true);
    setProblem(null);
    const result = await signInAction(token).catch(() => undefined);
    if (result?.ok) return location.assign(withBase(next));
    setPending(false);
    setProblem(result?.error.message ?? "The server did not respond. Try again.");
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="flex flex-col gap-2"
    >
      <Field label="Token" hint="Set as DASHBOARD_TOKEN on the server" error={problem}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoComplete="current-password"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </Field>
      <Button variant="primary" size="large" type="submit" disabled={pending || token === ""}>
        {pending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
