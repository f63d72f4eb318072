import type { Metadata } from "next";
import { Suspense } from "react";
import { Logo } from "@/components/layout/frame/logo";
import { SignInForm } from "@/components/layout/session/sign-in-form";
import { returnPath } from "@/lib/identity/return-path";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export default function SignInPage({ searchParams }: Props) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-80 rounded-3 border bg-surface p-5">
        <h1 className="mb-4 flex items-center gap-2 font-semibold text-16">
          <Logo />
          Absurd
        </h1>
        <Suspense>
          {searchParams.then(({ next }) => (
            <SignInForm next={returnPath([next].flat()[0])} />
          ))}
        </Suspense>
      </div>
    </main>
  );
}
