import { headersFor, numberAt, TENANTS } from "@/demo/company";
import { AGENTS } from "@/demo/queues";
import type { Random } from "@/demo/random";
import { type Workload, work } from "@/demo/workload";

const PARAGRAPH =
  "Returns are accepted within 30 days if the tags are on. § 4(2) applies to “final sale” goods — see <a href='#annex'>annex</a>. ";

/** Documents of up to 2 MB are passed as params, and their chunks are returned as a large result. */
export const documents: Workload = {
  queue: AGENTS,
  every: 420,
  register(app) {
    app.registerTask<{ title: string; content: string }>(
      { name: "index-document", queue: AGENTS },
      async ({ title, content }, ctx) => {
        const chunks = await ctx.step("chunk", async () =>
          Array.from({ length: Math.min(200, Math.ceil(content.length / 2_000)) }, (_, index) => ({
            index,
            text: content.slice(index * 2_000, (index + 1) * 2_000),
          })),
        );
        await ctx.step("embed", () => work(1));
        return { title, chunks };
      },
    );
  },

  async arrive({ app, random }) {
    const tenant = random.pick(TENANTS).id;
    const size = random.pick([40_000, 300_000, 2_000_000]);
    await app.spawn(
      "index-document",
      {
        title: `Handbook ${numberAt("DOC", new Date())}`,
        tenant,
        content: newText(random, size),
      },
      { queue: AGENTS, headers: headersFor(tenant, random) },
    );
  },
};

/** Text of about `bytes` bytes. */
export function newText(random: Random, bytes: number): string {
  const paragraphs = Math.ceil(bytes / (PARAGRAPH.length + 14));
  return Array.from({ length: paragraphs }, () => `[${random.hex(8)}] ${PARAGRAPH}\n`).join("");
}
