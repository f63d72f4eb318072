"use client";
import { useState } from "react";
import { Button } from "@/components/ui/form/button";
import { Field, Input } from "@/components/ui/form/field";
import { signInAction } from "@/lib/actions/session";
import { withBase } from "@/lib/base-path";

/**
 * Signs in with the token and opens `next`. `isSecondary`: the token is for emergencies, because people sign in another
 * way.
 */
export function SignInForm({ next, isSecondary }: { next: string; isSecondary: boolean }) {
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
      <Field
        label="Token"
        hint={
          isSecondary
            ? "For emergencies: the record cannot tell who used it"
            : "Set as DASHBOARD_TOKEN on the server"
        }
        error={problem}
      >
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
      <Button
        variant={isSecondary ? "default" : "primary"}
        size="large"
        type="submit"
        disabled={pending || token === ""}
      >
        {pending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}
