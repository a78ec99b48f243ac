import assert from "node:assert/strict";
import { parseCoded } from "@/shared/codes/mod.ts";
import { asideOf, storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { join } from "node:path";
import { loadKeys } from "@/agent/journal/enrolment_files.ts";
import { bytesOfText } from "@/shared/text/mod.ts";
import { codePageText } from "@/sim/routeros/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { generateSealingKey, seal } from "@/shared/crypto/mod.ts";
import { secretSealContext } from "@/shared/protocol/mod.ts";
import { activateSubscription } from "@/web/services/subscribers/activate_subscription.ts";
import { expireOverdueCommands } from "@/web/services/network/commands/expire_commands.ts";
import { cancelSecret, linkSecret, sendSecret } from "@/web/services/network/ppp_secret.ts";
import { removeConnection } from "@/web/services/subscribers/remove_connection.ts";
import { insertBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { testRouter } from "@/web/services/network/test_router.ts";
import { orderFirstPurchase } from "@/web/services/billing/order_first_purchase.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { centavos } from "@/shared/money/mod.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { readRouterSecrets } from "../support/third_party_router.ts";
import { until } from "../support/until.ts";
import { AgentDouble } from "./agent_double.ts";
import { MARIA } from "./hub_world.ts";
import { PppWorld } from "./ppp_world.ts";

const WAIT = { timeoutMs: 15_000 };
const ended = (world: PppWorld, commandId: string) => async () =>
  !["queued", "sent"].includes((await world.row("commands", commandId)).status);

/** Every pass that a change brought is over: from here on only the agent's watch can see a session in time. */
async function settled(world: PppWorld): Promise<void> {
  const isSettled = () =>
    world.hub.inTenant(world.tenantId, async (trx) => {
      const state = await trx.selectFrom("router_states").selectAll().executeTakeFirst();
      return state !== undefined && state.generation > 0n && state.applied_generation === state.generation;
    });
  await until(isSettled, { ...WAIT, what: "the router is as the books want it" });
}

async function finished(world: PppWorld, subscriptionId: string) {
  const { secret_command_id: id } = await world.row("subscriptions", subscriptionId);
  await until(ended(world, id), { ...WAIT, what: "the command ends" });
  return await world.row("commands", id);
}

/** Every file of a folder that is being written in. One that is renamed under our eyes has us begin anew. */
async function readJournals(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const readAll = async () => {
    texts.clear();
    for await (const file of Deno.readDir(folder)) {
      if (file.isFile) texts.set(file.name, await Deno.readTextFile(join(folder, file.name)));
    }
    return texts.size > 0;
  };
  await until(readAll, { what: "the folder stays as it is while it is read" });
  return texts;
}

/** Everything that a leak could be in: both journals of the agent, its log, the database, the simulator's log. */
async function assertNowhere(world: PppWorld, password: string): Promise<void> {
  for (const [name, text] of await readJournals(world.folder)) {
    assert.ok(!text.includes(password), `${name} holds the password`);
  }
  assert.ok(!world.log.join("\n").includes(password), "the agent logged the password");
  const words = world.sim.log.flatMap((entry) => entry.words).join("\n");
  assert.ok(!words.includes(password));
  const dump = await world.hub.inTenant(world.tenantId, async (trx) => {
    const tables = ["commands", "audit_entries", "subscriptions", "subscribers", "system_log"] as const;
    return JSON.stringify(
      await Promise.all(tables.map((table) => trx.selectFrom(table).selectAll().execute())),
      (_key, value) => typeof value === "bigint" ? String(value) : value,
    );
  });
  assert.ok(!dump.includes(password), "the database holds the password");
}

Deno.test("a new subscriber's secret is made on the router, and somebody else's client reads it back", async () => {
  await using world = await PppWorld.start();
  const made = assertOk(await world.add());
  assert.equal(made.pppName, "juan.delacruz");
  assert.ok(made.password !== null);
  const command = await finished(world, made.subscriptionId);
  assert.equal(command.status, "done");
  assert.deepEqual(command.result, { outcome: "created" });
  assert.equal("sealed_password" in command.arguments, false, "the sealed password is wiped");

  const secret = (await readRouterSecrets(world.sim)).get("juan.delacruz");
  assert.equal(secret?.["password"], made.password);
  assert.equal(secret?.["service"], "pppoe");
  assert.equal(secret?.["profile"], "fiber-50");
  assert.equal(secret?.["disabled"], "false");
  assert.match(secret?.["comment"] ?? "", /^A-00001 Juan Dela Cruz linya:[0-9a-f]{12}\.[0-9a-f]{12}$/);

  const row = await world.row("subscriptions", made.subscriptionId);
  assert.deepEqual([row.secret, row.status, row.activated_on.toString()], ["made", "active", "2026-11-23"]);
  assert.equal(row.next_bill_on.toString(), "2026-12-01");
  await assertNowhere(world, made.password);
});

Deno.test("the first session ends Pending install, and only with the right password", async () => {
  await using world = await PppWorld.start();
  const made = assertOk(await world.add({ activation: "first_session", billingDay: "anniversary" }));
  await finished(world, made.subscriptionId);
  assert.equal((await world.row("subscriptions", made.subscriptionId)).status, "pending");
  world.sim.dialer.start("juan.delacruz", "02:00:00:00:00:01", "wrong");
  assert.equal(world.sim.sessionsOf("juan.delacruz"), 0);
  await settled(world);
  world.hub.clock.advance({ hours: 48 });
  world.sim.dialer.start("juan.delacruz", "02:00:00:00:00:01", made.password);
  await until(() => world.sim.sessionsOf("juan.delacruz") === 1, WAIT);
  await until(
    async () => (await world.row("subscriptions", made.subscriptionId)).status === "active",
    { ...WAIT, what: "the connection begins" },
  );
  const row = await world.row("subscriptions", made.subscriptionId);
  assert.equal(row.activated_on.toString(), "2026-11-25");
  assert.equal(row.anchor_day, 25);
  assert.equal(row.next_bill_on.toString(), "2026-12-25");
});

Deno.test("a prepaid connection that is paid for after its secret was made off begins with its first session", async () => {
  await using world = await PppWorld.start();
  await world.hub.inTenant(
    world.tenantId,
    (trx) => replacePrepaidUnits(trx, world.planId, [{ unit: "days", count: 7, price_centavos: null }]),
  );
  const made = assertOk(await world.add({ activation: "first_session", billingDay: "prepaid" }));
  await finished(world, made.subscriptionId);
  const isOff = (await readRouterSecrets(world.sim)).get("juan.delacruz")?.["disabled"];
  assert.equal(isOff, "true", "nobody has paid for it");
  assertOk(
    await orderFirstPurchase(world.context, world.tenantId, MARIA, {
      subscriptionId: made.subscriptionId,
      unit: "days",
      count: 7,
      quantity: 1,
      once: crypto.randomUUID(),
      begins: "first_session",
      payment: {
        amountCentavos: centavos(150_000n),
        method: "cash",
        receivedOn: Temporal.PlainDate.from("2026-11-23"),
      },
    }),
  );
  await settled(world);
  world.sim.dialer.start("juan.delacruz", "02:00:00:00:00:01", made.password);
  await until(
    async () => (await world.row("subscriptions", made.subscriptionId)).status === "active",
    { ...WAIT, what: "the connection begins" },
  );
  assert.equal(
    (await world.row("subscriptions", made.subscriptionId)).billed_through_on.toString(),
    "2026-11-30",
  );
});

Deno.test("a secret that waits for a person is made disabled, and no guard counts it", async () => {
  await using world = await PppWorld.start();
  const made = [];
  for (let n = 0; n < 25; n++) {
    made.push(assertOk(
      await world.add({
        name: `Subscriber Number${n}`,
        phone: null,
        address: null,
        activation: "by_hand",
        isDuplicateAccepted: true,
      }),
    ));
  }
  for (const one of made) assert.equal((await finished(world, one.subscriptionId)).status, "done");
  const secrets = await readRouterSecrets(world.sim);
  assert.equal(secrets.size, 25);
  assert.ok([...secrets.values()].every((secret) => secret["disabled"] === "true"));
  const [first] = made;
  assertOk(
    await activateSubscription(world.context, world.tenantId, MARIA, {
      subscriptionId: first!.subscriptionId,
    }),
  );
  await until(() => world.sim.isDisabled(first!.pppName) === false, { ...WAIT, what: "it is enabled" });
  const marks = JSON.parse(
    await Deno.readTextFile(join(world.folder, await marksFile(world))),
  );
  assert.deepEqual(marks.guarded ?? [], []);
});

async function marksFile(world: PppWorld): Promise<string> {
  for await (const file of Deno.readDir(world.folder)) {
    // Not `….marks.json.tmp`, which is there for a moment at each write.
    if (file.name.endsWith(".marks.json")) return file.name;
  }
  throw new Error("Cannot find the marks of the agent");
}

Deno.test("somebody else's secret is refused and stays as it is; it can be linked", async () => {
  await using world = await PppWorld.start();
  world.sim.world.secrets.insert({
    name: "juan.delacruz",
    service: "pppoe",
    password: "theirs",
    profile: "default",
    disabled: "true",
    comment: "Tito Boy",
  });
  const made = assertOk(await world.add());
  const command = await finished(world, made.subscriptionId);
  assert.equal(command.error_code, "name_taken");
  assert.match(storedText(ENGLISH_WORDS, command.error_message), /^The router has a PPP secret of this name/);
  assert.match(
    asideOf(parseCoded(command.error_message)!) ?? "",
    /Core has a secret "juan.delacruz" that Linya did not make\..*Tito Boy/,
  );
  const told = await world.hub.inTenant(
    world.tenantId,
    (trx) =>
      trx.selectFrom("audit_entries").select("summary").where("action", "like", "%secret_failed").execute(),
  );
  assert.match(storedText(ENGLISH_WORDS, told[0]?.summary ?? ""), /that Linya did not make/);
  assert.doesNotMatch(told[0]?.summary ?? "", /Tito Boy/, "a person's data is not kept for good");
  const row = await world.row("subscriptions", made.subscriptionId);
  assert.deepEqual([row.secret, row.status], ["wanted", "pending"]);
  const theirs = (await readRouterSecrets(world.sim)).get("juan.delacruz");
  assert.deepEqual([theirs?.["password"], theirs?.["profile"], theirs?.["disabled"]], [
    "theirs",
    "default",
    "true",
  ]);

  assertOk(await linkSecret(world.context, world.tenantId, MARIA, { subscriptionId: made.subscriptionId }));
  await until(() => world.sim.isDisabled("juan.delacruz") === false, {
    ...WAIT,
    what: "the linked secret is on",
  });
  const linked = (await readRouterSecrets(world.sim)).get("juan.delacruz");
  assert.deepEqual([linked?.["password"], linked?.["profile"]], ["theirs", "fiber-50"]);
  assertRefused(
    await sendSecret(world.context, world.tenantId, MARIA, { subscriptionId: made.subscriptionId }),
    "secret_not_ours",
  );
});

Deno.test("a secret is made beside a tunnel of its name, which stays as it is", async () => {
  await using world = await PppWorld.start();
  const tunnel = {
    service: "l2tp",
    password: "theirs",
    profile: "default",
    disabled: "true",
    comment: "Office",
  };
  world.sim.world.secrets.insert({ name: "juan.delacruz", ...tunnel });
  const made = assertOk(await world.add());
  assert.deepEqual((await finished(world, made.subscriptionId)).result, { outcome: "created" });
  await settled(world);
  const [theirs, ours] = world.sim.world.secrets.named("juan.delacruz");
  assert.deepEqual({ ...theirs, ...tunnel }, theirs);
  assert.deepEqual([ours?.["service"], ours?.["disabled"]], ["pppoe", "false"]);
});

Deno.test("another name is tried when the first is taken", async () => {
  await using world = await PppWorld.start();
  world.sim.world.secrets.insert({
    name: "juan.delacruz",
    service: "any",
    password: "x",
    profile: "default",
    disabled: "false",
  });
  const made = assertOk(await world.add());
  await finished(world, made.subscriptionId);
  const again = assertOk(
    await sendSecret(world.context, world.tenantId, MARIA, {
      subscriptionId: made.subscriptionId,
      pppName: "juan.dc",
    }),
  );
  assert.equal((await finished(world, made.subscriptionId)).status, "done");
  assert.equal((await readRouterSecrets(world.sim)).get("juan.dc")?.["password"], again.password);
});

Deno.test("an answer that is lost after the write leads to one secret with the password that was shown", async () => {
  await using world = await PppWorld.start();
  world.sim.closeWithoutReply("/ppp/secret/add");
  const made = assertOk(await world.add());
  const command = await finished(world, made.subscriptionId);
  assert.deepEqual([command.status, command.result], ["done", { outcome: "repeated" }]);
  assert.equal(world.sim.world.secrets.named("juan.delacruz").length, 1);
  assert.equal((await readRouterSecrets(world.sim)).get("juan.delacruz")?.["password"], made.password);
});

Deno.test("without the agent nothing is lost: the secret is made when it comes; a person can take it back", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const kept = assertOk(await world.add());
  const dropped = assertOk(await world.add({ name: "Ana Reyes", phone: null }));
  assert.equal((await world.row("subscriptions", kept.subscriptionId)).status, "pending");
  assertOk(
    await cancelSecret(world.context, world.tenantId, MARIA, {
      subscriptionId: dropped.subscriptionId,
    }),
  );
  await world.startAgent();
  assert.equal((await finished(world, kept.subscriptionId)).status, "done");
  assert.deepEqual([...(await readRouterSecrets(world.sim)).keys()], ["juan.delacruz"]);
});

Deno.test("while the router is away its agent waits, and what is taken back meanwhile is not made", async () => {
  await using world = await PppWorld.start();
  await world.sim.unplug();
  await until(async () => (await world.row("routers", world.routerId)).status === "unreachable", {
    ...WAIT,
    what: "the router is said to be away",
  });
  const kept = assertOk(await world.add());
  const dropped = assertOk(await world.add({ name: "Ana Reyes", phone: null }));
  const sent = async (id: string) =>
    (await world.row("commands", (await world.row("subscriptions", id)).secret_command_id)).status === "sent";
  await until(() => sent(dropped.subscriptionId), { ...WAIT, what: "the agent has it" });
  const onDisk = await Deno.readTextFile(join(world.folder, "commands.json"));
  assert.ok(onDisk.includes("sealed_password") && !onDisk.includes(dropped.password!));
  assertOk(
    await removeConnection(world.context, world.tenantId, MARIA, {
      subscriptionId: dropped.subscriptionId,
      mayVoidBills: true,
    }),
  );
  await until(
    async () => (await Deno.readTextFile(join(world.folder, "commands.json"))).includes("withdrawn"),
    { ...WAIT, what: "the agent drops it" },
  );
  world.sim.plug();
  assert.equal((await finished(world, kept.subscriptionId)).status, "done");
  assert.deepEqual([...(await readRouterSecrets(world.sim)).keys()], ["juan.delacruz"]);
  assert.ok(!(await Deno.readTextFile(join(world.folder, "commands.json"))).includes("sealed_password"));
});

Deno.test("a router that a person tried with success is used again at once, not after the slow retry of a wrong password", async () => {
  await using world = await PppWorld.start();
  const user = world.sim.world.users[0]!;
  const { password } = user;
  Object.assign(user, { password: "changed on the router" });
  await world.sim.unplug();
  world.sim.plug();
  const isStatus = (status: string) => async () =>
    (await world.row("routers", world.routerId)).status === status;
  await until(isStatus("wrong_password"), { ...WAIT, what: "the password is refused" });
  Object.assign(user, { password });
  assertOk(await testRouter(world.context, world.tenantId, MARIA, { routerId: world.routerId }));
  await until(isStatus("online"), { ...WAIT, what: "the router is used again" });
});

Deno.test("a command whose time is over is wiped, and sending again makes a new password", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const first = assertOk(await world.add());
  world.hub.clock.advance({ hours: 25 });
  await expireOverdueCommands(world.context, world.tenantId);
  const expired = await finished(world, first.subscriptionId);
  assert.equal(expired.status, "expired");
  assert.equal("sealed_password" in expired.arguments, false);
  const second = assertOk(
    await sendSecret(world.context, world.tenantId, MARIA, { subscriptionId: first.subscriptionId }),
  );
  assert.notEqual(second.password, first.password);
  await world.startAgent();
  await finished(world, first.subscriptionId);
  assert.equal((await readRouterSecrets(world.sim)).get("juan.delacruz")?.["password"], second.password);
});

Deno.test("a new password goes the same way and leaves everything else", async () => {
  await using world = await PppWorld.start();
  const made = assertOk(await world.add());
  await finished(world, made.subscriptionId);
  const before = (await readRouterSecrets(world.sim)).get("juan.delacruz");
  const changed = assertOk(
    await sendSecret(world.context, world.tenantId, MARIA, { subscriptionId: made.subscriptionId }),
  );
  assert.deepEqual((await finished(world, made.subscriptionId)).result, { outcome: "changed" });
  const after = (await readRouterSecrets(world.sim)).get("juan.delacruz");
  assert.equal(after?.["password"], changed.password);
  assert.deepEqual({ ...after, password: "", comment: "" }, { ...before, password: "", comment: "" });
  await assertNowhere(world, changed.password);
});

Deno.test("a new password keeps what a person wrote around the mark, byte for byte", async () => {
  await using world = await PppWorld.start();
  const made = assertOk(await world.add());
  await finished(world, made.subscriptionId);
  const row = world.sim.world.secrets.named("juan.delacruz")[0];
  const mark = /linya:[0-9a-f]{12}\.[0-9a-f]{12}/;
  const before = mark.exec(row?.["comment"] ?? "")?.[0] ?? "";
  const typed = codePageText(`Señor Cruz ${before} - moved to tower B, call 0917`);
  world.sim.world.secrets.update(row?.[".id"] ?? "", { comment: typed });
  for (const round of ["once", "again"]) {
    assertOk(
      await sendSecret(world.context, world.tenantId, MARIA, { subscriptionId: made.subscriptionId }),
    );
    assert.deepEqual((await finished(world, made.subscriptionId)).result, { outcome: "changed" }, round);
    const after = world.sim.world.secrets.named("juan.delacruz")[0]?.["comment"] ?? "";
    assert.equal(after.replace(mark, before), typed);
    assert.equal(
      bytesOfText(after).toHex().includes("5365f16f7220"),
      true,
      "the byte of the code page is there",
    );
  }
});

Deno.test("a password that was sealed to another agent, or for another name, makes nothing", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const { secret_command_id: id } = await world.row("subscriptions", made.subscriptionId);
  const stranger = await generateSealingKey();
  const context = secretSealContext({ commandId: id, routerId: world.routerId, name: "juan.delacruz" });
  await tamper(world, id, {
    sealed_password: await seal({ publicKey: stranger.publicKey, version: 2 }, "stolen", context),
  });
  const other = assertOk(await world.add({ name: "Ana Reyes", phone: null }));
  const otherId = (await world.row("subscriptions", other.subscriptionId)).secret_command_id;
  await tamper(world, otherId, { name: "somebody.else" });
  await world.startAgent();
  for (const one of [made, other]) {
    const command = await finished(world, one.subscriptionId);
    assert.equal(command.error_code, "sealed_elsewhere", command.error_message);
  }
  assert.equal((await readRouterSecrets(world.sim)).size, 0);
});

async function tamper(world: PppWorld, commandId: string, change: Record<string, string>): Promise<void> {
  const { arguments: before } = await world.row("commands", commandId);
  await world.hub.inTenant(
    world.tenantId,
    (trx) =>
      trx.updateTable("commands").set({ arguments: JSON.stringify({ ...before, ...change }) })
        .where("tenant_id", "=", trx.tenantId).where("id", "=", commandId).execute(),
  );
}

Deno.test("a profile that the router does not have is named, and nothing is made", async () => {
  await using world = await PppWorld.start({ profile: "fiber-9000" });
  const made = assertOk(await world.add());
  const command = await finished(world, made.subscriptionId);
  assert.equal(command.error_code, "profile_missing", command.error_message);
  assert.match(storedText(ENGLISH_WORDS, command.error_message), /does not have the plan's PPP profile/);
  assert.match(asideOf(parseCoded(command.error_message)!) ?? "", /Core has no PPP profile "fiber-9000"/);
  assert.equal((await readRouterSecrets(world.sim)).size, 0);
});

Deno.test("what the books want differently when the secret arrives follows at once", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const now = world.hub.clock.now();
  await world.hub.inTenant(world.tenantId, async (trx) => {
    await insertBlockReasons(trx, [{
      id: uuidv7(now.epochMilliseconds),
      subscription_id: made.subscriptionId,
      reason: "admin",
      note: null,
      run_id: null,
      added_by: "Maria",
      added_on: Temporal.PlainDate.from("2026-11-23"),
      added_at: now,
    }]);
    assert.deepEqual(await refreshDesired(trx, [made.subscriptionId], { now }), [], "nothing is managed yet");
  });
  await world.startAgent();
  await finished(world, made.subscriptionId);
  await until(() => world.sim.isDisabled("juan.delacruz") === true, { ...WAIT, what: "it is disabled" });
});

Deno.test("an agent that does not know the command is never sent it, and a person is told to update it", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const keys = (await loadKeys(world.folder, silentLogger))!;
  const old = await AgentDouble.open(world.hub.port, world.enrolment.agent_id, {
    identity: keys.identity,
    sealing: keys.sealing,
    installId: keys.installId,
  });
  old.hello(keys.installId);
  await old.next("welcome");
  const command = await finished(world, made.subscriptionId);
  assert.deepEqual([command.status, command.error_code], ["failed", "unsupported"]);
  assert.match(storedText(ENGLISH_WORDS, command.error_message), /too old for this\. Update it/);
  assert.deepEqual(
    old.received.filter((message) => message.t === "command" && message.kind !== "router.test"),
    [],
  );
  await old.close();
});

Deno.test("a yes that comes after the deadline still counts", async () => {
  await using world = await PppWorld.start({ isAgentOff: true });
  const made = assertOk(await world.add());
  const keys = (await loadKeys(world.folder, silentLogger))!;
  const { secret_command_id: id } = await world.row("subscriptions", made.subscriptionId);
  world.hub.clock.advance({ hours: 25 });
  await expireOverdueCommands(world.context, world.tenantId);
  const late = await AgentDouble.open(world.hub.port, world.enrolment.agent_id, {
    identity: keys.identity,
    sealing: keys.sealing,
    installId: keys.installId,
  });
  late.hello(keys.installId, {
    commands: ["secret.create"],
    results: [{ id, status: "done", result: { outcome: "created" } }],
  });
  await until(async () => (await world.row("subscriptions", made.subscriptionId)).secret === "made", WAIT);
  await late.close();
});
