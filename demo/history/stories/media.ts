import { headersFor, numberAt, TENANTS } from "@/demo/company";
import { MEDIA } from "@/demo/queues";
import type { Scene } from "../scene";
import { workerOn } from "../worker-names";

const LEASE = 20;

/** A video with its heartbeats, a picture that may crash a worker, or a preview that came too late. */
export function mediaStory(scene: Scene): void {
  const { random, at } = scene;
  const headers = headersFor(random.pick(TENANTS).id, random);
  const worker = () => workerOn("media", at, random);
  const kind = random.pick(["video", "video", "picture", "picture", "preview"]);
  if (kind === "preview") {
    const task = scene.spawn(MEDIA, "live-preview", at, {
      params: { videoId: numberAt("VID", new Date(at)) },
      headers,
      cancellation: { max_delay: 6 },
    });
    if (random.chance(0.25)) task.cancel(at + 6_000 + random.int(10, 900));
    else task.claim(worker(), LEASE).complete({ frames: 48 }, 2);
    return;
  }
  if (kind === "video") {
    const segments = random.int(10, 60);
    const task = scene
      .spawn(MEDIA, "transcode-video", at, {
        params: { videoId: numberAt("VID", new Date(at)), segments, segmentSeconds: 1 },
        headers,
      })
      .claim(worker(), LEASE)
      .step("probe", { codec: "h264", fps: 50, segments }, 0.1);
    for (let segment = 10; segment <= segments; segment += 10)
      task.heartbeat(9).step("upload-segments", { upTo: segment }, 1.2);
    task.complete({ renditions: ["1080p", "720p", "480p"] }, segments % 10);
    return;
  }
  const megapixels = random.chance(0.15) ? 1_200 : random.int(2, 80);
  const task = scene
    .spawn(MEDIA, "render-thumbnails", at, {
      params: { imageId: numberAt("IMG", new Date(at)), megapixels, workerMemoryMegapixels: 500 },
      headers,
    })
    .claim(worker(), LEASE)
    .step("allocate-canvas", { megapixels }, 0.1);
  if (megapixels > 500) task.loseLease().claim(worker(), LEASE);
  const sizes = [1280, 640, 320, 64];
  task.step("render", { sizes }, 0.6).complete({ sizes });
}
