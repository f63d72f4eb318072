import type { Metadata } from "next";
import { Suspense } from "react";
import { DiagnosticsSkeleton, DiagnosticsView } from "@/components/diagnostics/diagnostics-view";
import { getReport } from "@/lib/doctor/current";
import { withPermission } from "@/lib/identity/require";

export const metadata: Metadata = { title: "Diagnostics" };
export const dynamic = "force-dynamic";

/** Works without a database, which is when it is needed. */
export default function DiagnosticsPage() {
  return (
    <Suspense fallback={<DiagnosticsSkeleton />}>
      {withPermission("view", undefined, render)}
    </Suspense>
  );
}

async function render() {
  return <DiagnosticsView report={await getReport()} at={new Date().toISOString()} />;
}
