import { HISTORY_DAYS } from "@/demo/queues";
import { createRandom } from "@/demo/random";
import { Scene } from "./scene";
import { agentStory, documentStory } from "./stories/agents";
import {
  chargeStory,
  ledgerStory,
  refundStory,
  reportStory,
  wholesaleStory,
} from "./stories/billing";
import { mediaStory } from "./stories/media";
import { orderStory, stuckOrderStory, supplierStory } from "./stories/orders";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What happens, how often on an average day, and whether people or the clock cause it. */
const CHRONICLE: {
  play: (scene: Scene, outage: boolean) => void | Promise<void>;
  perDay: number;
  hours?: number[];
}[] = [
  { play: orderStory, perDay: 75 },
  { play: chargeStory, perDay: 70 },
  { play: refundStory, perDay: 6 },
  { play: wholesaleStory, perDay: 4 },
  { play: ledgerStory, perDay: 14 },
  { play: reportStory, perDay: 6, hours: [18] },
  { play: supplierStory, perDay: 14 },
  { play: agentStory, perDay: 18 },
  { play: documentStory, perDay: 2 },
  { play: mediaStory, perDay: 32 },
];

/** Business activity by hour of the day (UTC), relative to an average hour. */
const RHYTHM = [
  0.2, 0.15, 0.1, 0.1, 0.15, 0.3, 0.6, 1, 1.4, 1.6, 1.7, 1.6, 1.5, 1.6, 1.7, 1.7, 1.6, 1.5, 1.4,
  1.4, 1.3, 0.9, 0.6, 0.4,
];

/**
 * The company's two weeks up to `now` (milliseconds), deterministic in seed and `now`: busy by day, quieter on
 * weekends, with an outage of the payment provider for 45 minutes yesterday. Everything has ended except for a few
 * orders that wait for goods.
 */
export async function generateHistory(now: number, seed = "fjell"): Promise<Scene[]> {
  const random = createRandom(seed);
  const until = now - 60_000;
  const today = Math.floor(now / DAY) * DAY;
  const outage = { from: today - 10 * HOUR, to: today - 9.25 * HOUR };
  const scenes: Scene[] = [];
  for (let hour = today - HISTORY_DAYS * DAY; hour < now; hour += HOUR) {
    const weekday = new Date(hour).getUTCDay();
    const share = (RHYTHM[new Date(hour).getUTCHours()] ?? 1) * (weekday % 6 === 0 ? 0.55 : 1);
    for (const { play, perDay, hours } of CHRONICLE) {
      const mean = hours
        ? hours.includes(new Date(hour).getUTCHours())
          ? perDay
          : 0
        : (perDay / 24) * share;
      for (let at = hour; ; ) {
        const isOutage = at >= outage.from && at < outage.to && play === chargeStory;
        // Customers retry while payments fail.
        at += random.gap(HOUR / mean) / (isOutage ? 25 : 1);
        if (at >= hour + HOUR) break;
        const scene = new Scene(Math.floor(at), createRandom(`${seed}:${at}`));
        await play(scene, isOutage);
        if (scene.isOverBy(until)) scenes.push(scene);
      }
    }
  }
  for (let days = 1; days <= 6; days++) {
    const scene = new Scene(
      now - days * DAY + random.int(0, 5) * HOUR,
      createRandom(`stuck:${days}`),
    );
    stuckOrderStory(scene);
    scenes.push(scene);
  }
  return scenes;
}
