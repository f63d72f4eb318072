import type { Metadata } from "next";
import { Suspense } from "react";
import { Logo } from "@/components/layout/frame/logo";
import { ProviderLink } from "@/components/layout/session/provider-link";
import { SignInForm } from "@/components/layout/session/sign-in-form";
import { getSignInDoors } from "@/lib/identity/doors";
import { returnPath } from "@/lib/identity/return-path";

export const metadata: Metadata = { title: "Sign in" };

type Parameter = string | string[] | undefined;
type Props = { searchParams: Promise<{ next?: Parameter; problem?: Parameter }> };

export default function SignInPage({ searchParams }: Props) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="flex w-full max-w-80 flex-col gap-4 rounded-3 border bg-surface p-5">
        <h1 className="flex items-center gap-2 font-semibold text-16">
          <Logo />
          Absurd
        </h1>
        <Suspense>
          {searchParams.then(({ next, problem }) => {
            const { provider, token } = getSignInDoors();
            const to = returnPath([next].flat()[0]);
            return (
              <>
                {provider !== null && (
                  <ProviderLink name={provider} next={to} problem={[problem].flat()[0]} />
                )}
                {token && <SignInForm next={to} isSecondary={provider !== null} />}
                {provider === null && !token && (
                  <p className="text-12 text-ink-2">
                    This dashboard is opened through its proxy. Open it at the proxy’s address.
                  </p>
                )}
              </>
            );
          })}
        </Suspense>
      </div>
    </main>
  );
}
