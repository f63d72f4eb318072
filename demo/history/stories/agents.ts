import { headersFor, numberAt, TENANTS } from "@/demo/company";
import { AGENTS } from "@/demo/queues";
import { newConversation, TOOLS, think } from "@/demo/workloads/agents";
import { newText } from "@/demo/workloads/documents";
import type { Scene } from "../scene";
import { workerOn } from "../worker-names";

const LEASE = 60;

/** A support conversation: 20 to 60 checkpoints under a handful of names, sometimes with a human approval. */
export function agentStory(scene: Scene): void {
  const { random, at } = scene;
  const conversation = newConversation(random, new Date(at));
  const needsApproval = random.chance(0.2);
  const task = scene.spawn(AGENTS, "support-agent", at, {
    params: { ...conversation, stepSeconds: 2, ...(needsApproval && { approvalSeconds: 1_800 }) },
    headers: headersFor(conversation.tenant, random),
    idempotencyKey: `conversation:${conversation.conversationId}`,
  });
  const claim = () => task.claim(workerOn("agents", at, random), LEASE);
  claim();
  const lostAt = random.chance(0.03) ? random.int(2, conversation.turns) : 0;
  for (let turn = 1; turn <= conversation.turns; turn++) {
    const tool = random.pick(TOOLS);
    task.step("llm-call", think(random, tool), random.gap(2.5));
    if (turn === lostAt) {
      task.loseLease();
      claim();
    }
    task.step(`tool:${tool}`, { tool, turn, rows: random.int(0, 6) }, random.gap(0.8));
  }
  let approved: string | { by: string } = "not needed";
  if (needsApproval) {
    const event = `refund.approved:${conversation.conversationId}`;
    task.awaitEvent(event, 1_800);
    if (random.chance(0.7)) {
      approved = { by: "maren@support.example.com" };
      scene.emit(AGENTS, event, approved, task.at + random.int(20, 1_700) * 1_000);
    } else approved = "nobody answered";
    claim();
  }
  const reply = { to: conversation.customer, html: `<p>Dear ${conversation.customer},</p>` };
  task
    .step("send-reply", reply, 0.3)
    .complete({ conversationId: conversation.conversationId, approved, reply });
}

export function documentStory(scene: Scene): void {
  const { random, at } = scene;
  const tenant = random.pick(TENANTS).id;
  const content = newText(random, random.pick([4_000, 40_000, 200_000]));
  const title = `Handbook ${numberAt("DOC", new Date(at))}`;
  scene
    .spawn(AGENTS, "index-document", at, {
      params: { title, tenant, content },
      headers: headersFor(tenant, random),
    })
    .claim(workerOn("agents", at, random), LEASE)
    .step("chunk", [{ index: 0, text: content.slice(0, 2_000) }], 0.2)
    .step("embed", undefined, 3)
    .complete({ title, chunks: Math.ceil(content.length / 2_000) });
}
