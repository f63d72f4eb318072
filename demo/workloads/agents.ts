import { TimeoutError } from "absurd-sdk";
import { headersFor, newOrder, numberAt } from "@/demo/company";
import { AGENTS } from "@/demo/queues";
import { createRandom, type Random } from "@/demo/random";
import { type Workload, work } from "@/demo/workload";

const QUESTIONS = [
  "Where is my parcel? It says <b>delivered</b>, but it is not here 😡",
  "Can I swap the tent for the red one? Bestellung von gestern, bitte!",
  "La factura tiene el NIF equivocado, ¿me la pueden rehacer?",
  "荷物はいつ届きますか？追跡番号が無効と表示されます。",
  "<script>alert('hi')</script> is what your newsletter shows me. Is that right?",
  "Please refund the stove, it hisses & smells of gas.",
  "איפה ההזמנה שלי? כבר שבועיים…",
] as const;

export const TOOLS = ["search-orders", "read-policy", "carrier-status", "draft-reply"] as const;

export type SupportAgent = {
  conversationId: string;
  tenant: string;
  customer: string;
  question: string;
  turns: number;
  /** Mean duration of a step. */
  stepSeconds: number;
  /** Set if the agent may not decide alone: how long it waits for a person. */
  approvalSeconds?: number;
};

/** An agent loop: the same few steps repeated, 20 to 60 checkpoints in total, sometimes waiting for approval. */
export const agents: Workload = {
  queue: AGENTS,
  every: 40,
  register(app) {
    app.registerTask<SupportAgent>({ name: "support-agent", queue: AGENTS }, async (task, ctx) => {
      const random = createRandom(ctx.taskID);
      for (let turn = 1; turn <= task.turns; turn++) {
        const tool = random.pick(TOOLS);
        const thought = think(random, tool);
        await ctx.step("llm-call", async () => {
          await work(task.stepSeconds * (0.5 + random.unit()));
          return thought;
        });
        await ctx.step(`tool:${tool}`, async () => {
          await work(task.stepSeconds * random.unit());
          return { tool, turn, rows: thought.usage.outputTokens % 7 };
        });
      }
      let approved: unknown = "not needed";
      if (task.approvalSeconds !== undefined)
        try {
          approved = await ctx.awaitEvent(`refund.approved:${task.conversationId}`, {
            timeout: task.approvalSeconds,
          });
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          approved = "nobody answered";
        }
      const reply = await ctx.step("send-reply", async () => ({
        to: task.customer,
        html: `<p>Dear ${task.customer},</p><p>thank you for your patience…</p>`,
      }));
      return { conversationId: task.conversationId, approved, reply };
    });
  },

  async arrive({ app, random }) {
    const conversation = newConversation(random, new Date());
    await app.spawn(
      "support-agent",
      {
        ...conversation,
        stepSeconds: 0.8,
        ...(random.chance(0.25) && { approvalSeconds: 600 }),
      },
      {
        queue: AGENTS,
        headers: headersFor(conversation.tenant, random),
        idempotencyKey: `conversation:${conversation.conversationId}`,
      },
    );
  },
};

export function think(random: Random, tool: string) {
  return {
    role: "assistant",
    content: `I should use ${tool} next, since the customer's last message leaves that open.`,
    usage: { inputTokens: random.int(900, 14_000), outputTokens: random.int(20, 700) },
  };
}

export function newConversation(random: Random, at: Date) {
  const { tenant, customer } = newOrder(random, at);
  return {
    conversationId: numberAt("CONV", at),
    tenant,
    customer: customer.name,
    question: random.pick(QUESTIONS),
    turns: random.int(10, 29),
  };
}
