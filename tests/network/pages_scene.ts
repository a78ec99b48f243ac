import assert from "node:assert/strict";
import { HubWorld, MARIA, type Place } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { keepCommandPart, keepCommandResult } from "@/web/services/network/commands/keep_answer.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { upsertPresence } from "@/web/store/network/agent_presence.ts";
import { listRouterCommands } from "@/web/store/network/commands.ts";
import { findImportBatch } from "@/web/store/imports/import_batches.ts";
import { updateRouter } from "@/web/store/network/routers.ts";

export const NETWORK_PAGES = [
  "/admin/sites",
  "/admin/agents",
  "/admin/routers",
  "/admin/import",
  "/admin/subscribers",
  "/admin/lists",
];
export const NOBODY = "00000000-0000-7000-8000-000000000000";

export interface Scene {
  world: HubWorld;
  place: Place;
  app: WebApp;
  owner: PageUser;
}

/** A tenant with a site, an agent that is online and a router that was never tested. */
export async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await HubWorld.start();
  const place = await world.addPlace("ilaya");
  await connect(world, place);
  const app = await createWebApp(world.context, { only: NETWORK_PAGES });
  await work({ world, place, app, owner: await app.signIn(place.tenantId, "Owner") });
}

/** The agent's presence, as a node writes it. */
async function connect(world: HubWorld, { tenantId, agentId }: Place): Promise<void> {
  await world.inTenant(
    tenantId,
    (trx) =>
      upsertPresence(trx, {
        agent_id: agentId,
        node_id: "n1",
        epoch: 1n,
        hello: { version: "0.1.0", clockMs: null, lastEnd: null, trouble: null },
        now: world.clock.now(),
      }),
  );
}

/** The agent's answer to the open command of the router: a reading when it has parts, else a test. */
export async function answer(
  world: HubWorld,
  { tenantId, agentId, siteId, routerId }: Place,
  reply: { status: "done" | "failed"; result?: unknown; message?: string; parts?: unknown[] },
): Promise<void> {
  const kind = reply.parts === undefined ? "router.test" : "router.read_secrets";
  const open = ["queued", "sent"];
  const command = (await world.inTenant(tenantId, (trx) => listRouterCommands(trx, routerId, 10)))
    .find((one) => one.kind === kind && open.includes(one.status));
  assert.ok(command, `no ${kind} is open`);
  const { id } = command;
  const agent = { tenantId, agentId, siteId };
  for (const [i, content] of (reply.parts ?? []).entries()) {
    await keepCommandPart(world.context, agent, {
      t: "command.part",
      seq: 1,
      ack: 0,
      id,
      part: i + 1,
      content,
    });
  }
  const { status, result, message } = reply;
  await keepCommandResult(world.context, agent, {
    id,
    status,
    result,
    ...(message === undefined ? {} : { error_message: message }),
  });
}

export async function setStatus(
  world: HubWorld,
  place: Place,
  status: "online" | "wrong_password" | "wrong_router" | "unreachable" | "unsupported",
  message: string | null = null,
) {
  await world.inTenant(
    place.tenantId,
    (trx) =>
      updateRouter(trx, place.routerId, { status, status_message: message, status_at: world.clock.now() }, {
        raisesSettings: false,
      }),
  );
}

/** Secrets as the agent reads them; every fifth has no comment, every tenth is disabled. */
export function secrets(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: `user${String(i).padStart(4, "0")}`,
    profile: i % 2 === 0 ? "10M" : "50M",
    disabled: i % 10 === 3,
    service: "pppoe",
    comment: i % 5 === 0 ? null : `Juan <b>${i}</b> / 0917 123 ${String(i).padStart(4, "0")}`,
    caller_id: null,
    remote_address: null,
  }));
}

/** An import that waits for its review. */
export async function reviewOf(
  { world, place }: Scene,
  count: number,
  others: readonly ReturnType<typeof secrets>[number][] = [],
): Promise<string> {
  const { tenantId, routerId } = place;
  const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
  const list = [...secrets(count), ...others];
  await answer(world, place, {
    status: "done",
    result: { secret_count: list.length, profile_count: 2, parts: 1 },
    parts: [{
      secrets: list,
      profiles: [{ name: "10M", rate_limit: "10M/10M" }, { name: "50M", rate_limit: null }],
    }],
  });
  const batch = await world.inTenant(tenantId, (trx) => findImportBatch(trx, batchId));
  assert.equal(batch?.status, "review");
  return batchId;
}

export const REVIEW = {
  firstBillOn: "2026-12-01",
  disabledPolicy: "disconnected",
  "profile.0": "10M",
  "choice.0": "new",
  "plan.0": "Fiber 10",
  "price.0": "999",
  "profile.1": "50M",
  "choice.1": "new",
  "plan.1": "Fiber 50",
  "price.1": "1,499.50",
};
