import { headersFor, numberAt, TENANTS } from "@/demo/company";
import { MEDIA } from "@/demo/queues";
import { type Workload, work } from "@/demo/workload";

export type Transcode = { videoId: string; segments: number; segmentSeconds: number };
export type Thumbnails = { imageId: string; megapixels: number; workerMemoryMegapixels: number };

/** Long jobs that send heartbeats, and pictures large enough to kill the worker process. */
export const media: Workload = {
  queue: MEDIA,
  every: 35,
  register(app) {
    app.registerTask<Transcode>({ name: "transcode-video", queue: MEDIA }, async (video, ctx) => {
      await ctx.step("probe", async () => ({ codec: "h264", fps: 50, segments: video.segments }));
      for (let segment = 1; segment <= video.segments; segment++) {
        await work(video.segmentSeconds);
        await ctx.heartbeat();
        if (segment % 10 === 0) await ctx.step("upload-segments", async () => ({ upTo: segment }));
      }
      return { videoId: video.videoId, renditions: ["1080p", "720p", "480p"] };
    });

    app.registerTask<Thumbnails>(
      { name: "render-thumbnails", queue: MEDIA },
      async (image, ctx) => {
        let isFirstTry = false;
        await ctx.step("allocate-canvas", async () => {
          isFirstTry = true;
          return { megapixels: image.megapixels };
        });
        await work(0.5);
        // Out of memory: the operating system kills the process with everything else it was working on.
        if (isFirstTry && image.megapixels > image.workerMemoryMegapixels)
          process.kill(process.pid, "SIGKILL");
        return ctx.step("render", async () => ({ sizes: [1280, 640, 320, 64] }));
      },
    );

    app.registerTask({ name: "live-preview", queue: MEDIA }, async () => {
      await work(2);
      return { frames: 48 };
    });
  },

  async arrive({ app, random }) {
    const tenant = random.pick(TENANTS).id;
    const options = { queue: MEDIA, headers: headersFor(tenant, random) };
    const now = new Date();
    if (random.chance(0.4))
      await app.spawn<Thumbnails>(
        "render-thumbnails",
        {
          imageId: numberAt("IMG", now),
          megapixels: random.chance(0.25) ? 1_200 : random.int(2, 80),
          workerMemoryMegapixels: 500,
        },
        options,
      );
    else
      await app.spawn<Transcode>(
        "transcode-video",
        { videoId: numberAt("VID", now), segments: random.int(10, 60), segmentSeconds: 1 },
        options,
      );
    // A preview is worthless if all workers are busy for the next few seconds.
    if (random.chance(0.5))
      await app.spawn(
        "live-preview",
        { videoId: numberAt("VID", now) },
        { ...options, cancellation: { maxDelay: 6 } },
      );
  },
};
