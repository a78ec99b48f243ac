import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { secretWrites } from "@/tests/support/router_writes.ts";
import { type TestLine, type TestRouter, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { ROUTER_LOGIN } from "@/tools/stack/mod.ts";
import { updateRouter } from "@/web/services/network/update_router.ts";
import { listSubscribers } from "@/web/store/subscribers/subscribers_page.ts";

Deno.test("a router fails, is replaced or is edited by hand, and the others and the payers do not notice", async (t) => {
  await using provider = await TestStack.start({ routers: 2, secrets: 16 });
  const [first, second] = provider.routers as [TestRouter, TestRouter];

  await t.step(
    "router unplugged during a cut and a payment: only its own lines wait, shown as unknown",
    async () => {
      const { runId, names } = await provider.nextCutList();
      const here = namesOn(provider, first);
      const there = namesOn(provider, second);
      const before = Date.now();
      await provider.stack.setPlugged(first.name, false);
      await until(() => provider.isRouter(first, "unreachable"), { timeoutMs: 15_000, what: "it is missed" });
      await provider.cut(runId);
      await untilDisabled(second, there);
      const [payer] = here;
      assert.ok(payer !== undefined);
      await provider.pay(payer);
      assert.deepEqual(await connectionsOf(provider, first), ["unknown"]);
      assert.deepEqual(writesSince(first, before), []);
      assert.ok(
        here.every((name) => first.sim.isDisabled(name) === false),
        "an unplugged router was changed",
      );

      await provider.stack.setPlugged(first.name, true);
      await provider.untilConverged();
      assert.deepEqual(
        await provider.disabledLines(),
        names.filter((name) => name !== payer || there.includes(name)),
      );
      assert.deepEqual(writesSince(first, before).filter((line) => line === `disable ${payer}`), []);
      await until(async () => !(await connectionsOf(provider, first)).includes("unknown"), {
        what: "it is read",
      });
      await provider.assertHonest();
      await provider.settle();
    },
  );

  await t.step("a router that hangs in the middle of a cut delays nobody else", async () => {
    const { runId } = await provider.nextCutList();
    first.sim.setLatency(20);
    await provider.cut(runId);
    const start = first.sim.counters.commands;
    await until(() => first.sim.counters.commands > start + 1, { timeoutMs: 15_000, everyMs: 1 });
    first.sim.stall(3_000);
    await untilDisabled(second, namesOn(provider, second), 2_900);
    first.sim.setLatency(0);
    for (const sentences of [2, 9, 25]) {
      const connections = first.sim.counters.connections;
      first.sim.dropAfterSentences(sentences);
      await until(() => first.sim.counters.connections > connections, {
        timeoutMs: 15_000,
        what: "it breaks off",
      });
      first.sim.dropAfterSentences(null);
    }
    await provider.untilConverged();
    await provider.assertHonest();
    await provider.settle();
  });

  await t.step("another router at the address: nothing is written to it, and a person is told", async () => {
    const { runId } = await provider.nextCutList();
    const before = Date.now();
    const ownSerial = first.sim.world.serialNumber;
    await provider.stack.setPlugged(first.name, false);
    first.sim.world.serialNumber = "HE108OTHER01";
    await provider.cut(runId);
    await provider.stack.setPlugged(first.name, true);
    await until(() => provider.isRouter(first, "wrong_router"), {
      timeoutMs: 20_000,
      what: "it is recognised",
    });
    await untilDisabled(second, namesOn(provider, second));
    const [row] = await provider.query<{ message: string }>(
      "select status_message as message from routers where id = $1",
      [first.id],
    );
    assert.match(row?.message ?? "", /router_other|router_is_other/);
    assert.match(row?.message ?? "", /HE108OTHER01|Core-1/);
    assert.deepEqual(await connectionsOf(provider, first), ["unknown"]);
    assert.deepEqual(writesSince(first, before), []);

    await provider.stack.setPlugged(first.name, false);
    first.sim.world.serialNumber = ownSerial;
    await provider.stack.setPlugged(first.name, true);
    await enterSettings(provider, first, ROUTER_LOGIN.password);
    await provider.untilConverged();
    await provider.assertHonest();
    await provider.settle();
  });

  await t.step("wrong password: said so, nothing happens; the right one works at once", async () => {
    await enterSettings(provider, first, "wrong");
    await until(() => provider.isRouter(first, "wrong_password"), {
      timeoutMs: 15_000,
      what: "it is refused",
    });
    const failed = first.sim.counters.failedLogins;
    const { runId, names } = await provider.nextCutList();
    await provider.cut(runId);
    await untilDisabled(second, namesOn(provider, second));
    assert.ok(namesOn(provider, first).every((name) => first.sim.isDisabled(name) === false));
    assert.ok(first.sim.counters.failedLogins <= failed + 1, "the router is asked again and again");

    await enterSettings(provider, first, ROUTER_LOGIN.password);
    await provider.untilConverged();
    assert.deepEqual(await provider.disabledLines(), names);
    await provider.assertHonest();
  });

  await t.step("what a person enables on the router stays enabled; who paid is enabled again", async () => {
    const [byHand, payer, witness] = await offOn(provider, first);
    assert.ok(byHand !== undefined && payer !== undefined && witness !== undefined);
    const before = Date.now();
    await provider.pay(payer);
    await until(() => first.sim.isDisabled(payer) === false, { what: "the payer is enabled" });
    setByHand(first, byHand, false);
    setByHand(first, payer, true);
    // A payment of somebody else makes the agent look again.
    await provider.pay(witness);
    await until(() => first.sim.isDisabled(payer) === false, {
      timeoutMs: 15_000,
      what: "the payer is enabled again",
    });
    await until(async () => await driftOf(provider, first, byHand) === "enabled_by_hand", {
      timeoutMs: 15_000,
      what: "the hand edit is shown",
    });
    assert.equal(first.sim.isDisabled(byHand), false);
    assert.deepEqual(writesSince(first, before).filter((line) => line.startsWith("disable ")), []);
    await provider.settle();
    await provider.assertHonest();
  });
});

function namesOn(provider: TestStack, router: TestRouter): string[] {
  return provider.lines.filter((line: TestLine) => line.routerId === router.id).map((line) => line.name);
}

async function offOn(provider: TestStack, router: TestRouter): Promise<string[]> {
  const off = await provider.disabledLines();
  return namesOn(provider, router).filter((name) => off.includes(name));
}

async function untilDisabled(
  { sim, name }: TestRouter,
  names: readonly string[],
  timeoutMs = 15_000,
): Promise<void> {
  await until(() => names.every((one) => sim.isDisabled(one) === true), { timeoutMs, what: `${name} cuts` });
}

/** Every write to a secret since then, as `disable juan`. */
function writesSince({ sim }: TestRouter, sinceMs: number): string[] {
  return secretWrites(sim).filter(({ atMs }) => atMs > sinceMs)
    .flatMap(({ names, change }) => names.map((name) => `${change} ${name}`));
}

/** What the subscribers list says of the connections on a router, each answer once. */
async function connectionsOf(provider: TestStack, router: TestRouter): Promise<string[]> {
  const moment = { today: await provider.today(), now: provider.context.clock.now() };
  const { rows } = await provider.inTenant((trx) =>
    listSubscribers(trx, { routerId: router.id }, moment, { limit: 100 })
  );
  assert.ok(rows.length > 0);
  return [...new Set(rows.map((row) => row.connection))].sort();
}

/** As in the router's form: same address, this password. */
async function enterSettings(provider: TestStack, router: TestRouter, password: string): Promise<void> {
  const { sim, id: routerId, name } = router;
  assertOk(
    await updateRouter(provider.context, provider.tenantId, provider.actor, {
      routerId,
      name,
      host: sim.host,
      port: sim.port,
      username: ROUTER_LOGIN.username,
      password,
    }),
  );
}

/** As with WinBox: the agent has no part in it. */
function setByHand({ sim }: TestRouter, name: string, disabled: boolean): void {
  const row = sim.world.secrets.named(name)[0];
  assert.ok(row !== undefined, `there is no ${name}`);
  sim.world.secrets.update(row[".id"] ?? "", { disabled: String(disabled) });
}

async function driftOf(provider: TestStack, router: TestRouter, name: string): Promise<string | null> {
  const [row] = await provider.query<{ drift: string | null }>(
    "select drift from observed_secrets where router_id = $1 and ppp_name = $2",
    [router.id, name],
  );
  return row?.drift ?? null;
}
