import assert from "node:assert/strict";
import { secretWrites } from "@/tests/support/router_writes.ts";
import { type TestRouter, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";

/** Commands that the router has heard since the cut when the agent is killed: one place after the other. */
const CRASH_POINTS = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14];
const ROUNDS = 3;

Deno.test("the agent or its link fails at any moment of a cut, and nobody who paid is cut", async (t) => {
  await using provider = await TestStack.start({ secrets: 30 });
  const { router } = provider;

  await t.step("agent killed after each command of a cut: it ends as the books say", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { runId, names } = await provider.nextCutList();
      const paid: string[] = [];
      router.sim.setLatency(15);
      const points = CRASH_POINTS.filter((_, i) => i % ROUNDS === round);
      await provider.cut(runId);
      for (const [i, point] of points.entries()) {
        await killAfterCommands(provider, router, point);
        const payer = names[i * 3];
        assert.ok(payer !== undefined);
        await provider.pay(payer);
        paid.push(payer);
        await provider.stack.startAgent();
      }
      router.sim.setLatency(0);
      await provider.untilConverged();
      const cut = names.filter((name) => !paid.includes(name));
      assert.deepEqual(await provider.disabledLines(), cut);
      const written = disabledSince(router, 0);
      assert.deepEqual(cut.filter((name) => !written.includes(name)), [], "the record misses a disable");
      await provider.assertHonest();
      await provider.settle();
    }
  });

  await t.step("agent away for a whole cut: after its start only those are cut who still owe", async () => {
    const { runId, names } = await provider.nextCutList();
    await provider.stack.killAgent();
    const before = Date.now();
    await provider.cut(runId);
    const paid = names.slice(0, 7);
    for (const name of paid) await provider.pay(name);
    await provider.stack.startAgent();
    await provider.untilConverged();
    assert.deepEqual(await provider.disabledLines(), names.slice(7));
    assert.deepEqual(disabledSince(router, before).filter((name) => paid.includes(name)), []);
    await provider.assertHonest();
    await provider.settle();
  });

  await t.step("a stored cut that is older than a payment is never executed", async () => {
    const { runId, names } = await provider.nextCutList();
    await provider.stack.setPlugged(router.name, false);
    await provider.cut(runId);
    await provider.untilStored(router);
    await provider.stack.killWeb();
    const before = Date.now();
    const paid = names.slice(0, 5);
    for (const name of paid) await provider.pay(name);
    await provider.stack.setPlugged(router.name, true);
    await untilLookedAt(router, before);
    assert.deepEqual(await provider.disabledLines(), [], "the agent alone has cut somebody");
    await provider.stack.startWeb();
    await provider.untilConverged(40_000);
    assert.deepEqual(await provider.disabledLines(), names.slice(5));
    assert.deepEqual(disabledSince(router, before).filter((name) => paid.includes(name)), []);
    await provider.assertHonest();
  });

  await t.step("a stored restore is applied while the web is away", async () => {
    const off = await provider.disabledLines();
    await provider.stack.setPlugged(router.name, false);
    const paid = off.slice(0, 6);
    for (const name of paid) await provider.pay(name);
    await provider.untilStored(router);
    await provider.stack.killWeb();
    await provider.stack.setPlugged(router.name, true);
    await until(() => paid.every((name) => router.sim.isDisabled(name) === false), {
      timeoutMs: 15_000,
      what: "the payers are enabled",
    });
    assert.equal(provider.stack.webPid, null);
    await until(() => paid.every((name) => router.sim.sessionsOf(name) === 1 || !isDialing(router, name)), {
      what: "their boxes dial in again",
    });
    await provider.stack.startWeb();
    await until(() => provider.isAgentConnected(), { timeoutMs: 40_000, what: "the agent is back" });
    await provider.settle();
    await provider.assertHonest();
  });

  await t.step("nothing of all that was taken for a person's hand, and nobody was asked", async () => {
    assert.deepEqual(
      await agentLines(provider, /changed_by_hand|router_changed_at_once|identity_in_doubt/),
      [],
    );
  });
});

/** Lines of the agents' logs, over all their lives. */
async function agentLines({ dataDir }: TestStack, about: RegExp): Promise<string[]> {
  const folder = `${dataDir}/logs`;
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name !== "web.log") lines.push(...(await Deno.readTextFile(`${folder}/${name}`)).split("\n"));
  }
  assert.ok(lines.some((line) => line.includes("agent_started")), "the agents' logs are there");
  return lines.filter((line) => about.test(line));
}

/** SIGKILL to the agent when the router has heard so many commands from now on, or when the agent has nothing to say. */
async function killAfterCommands(provider: TestStack, router: TestRouter, count: number): Promise<void> {
  const { sim } = router;
  const start = sim.counters.commands;
  const isThere = () => sim.counters.commands >= start + count;
  await until(isThere, { timeoutMs: 20_000, everyMs: 1, what: `${count} commands to the router` });
  assert.ok(provider.stack.agentPid !== null, "the agent has ended by itself");
  await provider.stack.killAgent();
}

/** Waits until the agent has looked at the secrets of a router twice: a pass reads before and after it acts. */
async function untilLookedAt({ sim }: TestRouter, sinceMs: number): Promise<void> {
  const looks = () =>
    sim.log.filter(({ atMs, words }) =>
      words[0] === "/ppp/secret/print" && performance.timeOrigin + atMs > sinceMs
    ).length;
  await until(() => looks() >= 2, { timeoutMs: 20_000, what: "the agent looks at the router" });
}

function disabledSince({ sim }: TestRouter, sinceMs: number): string[] {
  return secretWrites(sim).filter(({ atMs, change }) => change === "disable" && atMs > sinceMs)
    .flatMap(({ names }) => names);
}

function isDialing({ sim }: TestRouter, name: string): boolean {
  return sim.dialer.names.includes(name);
}
