import assert from "node:assert/strict";
import { loadKeys } from "@/agent/journal/enrolment_files.ts";
import { silentLogger } from "@/shared/log.ts";
import { sendSecret } from "@/web/services/network/ppp_secret.ts";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { removeConnection } from "@/web/services/subscribers/remove_connection.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { MARIA } from "./hub_world.ts";
import { PppWorld } from "./ppp_world.ts";

const WAIT = { timeoutMs: 15_000 };

/** An agent that says on the wire what the test wants. */
async function openDouble(world: PppWorld): Promise<AgentDouble> {
  const keys = (await loadKeys(world.folder, silentLogger))!;
  const double = await AgentDouble.open(world.hub.port, world.enrolment.agent_id, {
    identity: keys.identity,
    sealing: keys.sealing,
    installId: keys.installId,
  });
  double.hello(keys.installId, { commands: ["secret.create", "secret.password"] });
  return double;
}

async function takeCreate(world: PppWorld, agent: AgentDouble, name: string): Promise<string> {
  const isIt = (message: { kind: string; arguments?: unknown }) =>
    message.kind === "secret.create" && (message.arguments as { name: string }).name === name;
  const { id } = await agent.next("command", isIt);
  agent.send({ t: "command.received", id });
  await until(async () => (await world.row("commands", id)).status === "sent", WAIT);
  return id;
}

async function desiredOf(world: PppWorld, name: string) {
  return await world.hub.inTenant(
    world.tenantId,
    (trx) => trx.selectFrom("desired_secrets").selectAll().where("ppp_name", "=", name).executeTakeFirst(),
  );
}

async function assertSwitchedOff(world: PppWorld, name: string): Promise<void> {
  await until(async () => await desiredOf(world, name) !== undefined, {
    ...WAIT,
    what: `${name} is managed`,
  });
  const row = (await desiredOf(world, name))!;
  assert.deepEqual([row.is_disabled, row.removed_at], [true, null]);
  assert.ok(row.authorisation_id !== null, "the agent may disable it at once");
}

Deno.test("a secret that was made while its connection was taken away is switched off, not left to surf for nothing", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const agent = await openDouble(world);
  const id = await takeCreate(world, agent, "juan.delacruz");
  assertOk(
    await removeConnection(world.context, world.tenantId, MARIA, {
      subscriptionId: made.subscriptionId,
      mayVoidBills: true,
    }),
  );
  agent.send({ t: "command.result", id, status: "done", result: { outcome: "created" } });
  await assertSwitchedOff(world, "juan.delacruz");
  await agent.close();
});

Deno.test("a secret that was made under a name that was changed meanwhile is switched off", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const agent = await openDouble(world);
  const first = await takeCreate(world, agent, "juan.delacruz");
  assertOk(
    await sendSecret(world.context, world.tenantId, MARIA, {
      subscriptionId: made.subscriptionId,
      pppName: "juan.dc",
    }),
  );
  const second = await takeCreate(world, agent, "juan.dc");
  agent.send({ t: "command.result", id: first, status: "done", result: { outcome: "created" } });
  agent.send({ t: "command.result", id: second, status: "done", result: { outcome: "created" } });
  await assertSwitchedOff(world, "juan.delacruz");
  await until(async () => (await desiredOf(world, "juan.dc"))?.is_disabled === false, WAIT);
  await agent.close();
});

Deno.test("a late yes of an earlier try under the same name changes nothing: the newer one tells", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const agent = await openDouble(world);
  const first = await takeCreate(world, agent, "juan.delacruz");
  assertOk(
    await sendSecret(world.context, world.tenantId, MARIA, {
      subscriptionId: made.subscriptionId,
    }),
  );
  agent.send({ t: "command.result", id: first, status: "done", result: { outcome: "created" } });
  await until(async () => (await world.row("commands", first)).status === "done", WAIT);
  assert.equal(await desiredOf(world, "juan.delacruz"), undefined);
  const { secret_command_id: second } = await world.row("subscriptions", made.subscriptionId);
  agent.send({ t: "command.result", id: second, status: "done", result: { outcome: "taken_up" } });
  await until(async () => (await desiredOf(world, "juan.delacruz"))?.is_disabled === false, WAIT);
  await agent.close();
});

Deno.test("with its agent revoked a secret that waits fails at once, and no password stays sealed to the old key", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  assertOk(
    await revokeAgent(world.context, world.tenantId, MARIA, { agentId: world.enrolment.agent_id }),
  );
  const { secret_command_id: id } = await world.row("subscriptions", made.subscriptionId);
  const command = await world.row("commands", id);
  assert.deepEqual([command.status, command.error_code], ["failed", "agent_revoked"]);
  assert.equal("sealed_password" in command.arguments, false);
});

Deno.test("two connections that are given one PPP user in the same moment: one gets it, the other is told", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const ids: string[] = [];
  for (const name of ["Ana Reyes", "Ben Cruz", "Carla Diaz", "Dan Go"]) {
    ids.push(assertOk(await world.add({ name, phone: null })).subscriptionId);
  }
  const answers = await Promise.all(
    ids.map((subscriptionId) =>
      sendSecret(world.context, world.tenantId, MARIA, { subscriptionId, pppName: "shop" })
    ),
  );
  assert.equal(answers.filter((answer) => answer.ok).length, 1);
  for (const answer of answers) if (!answer.ok) assertRefused(answer, "ppp_name_taken");
});
