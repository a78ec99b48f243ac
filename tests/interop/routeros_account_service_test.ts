import assert from "node:assert/strict";
import type { ConnectedRouter } from "@/agent/routers/mikrotik/mod.ts";
import type { RouterOsSim } from "@/sim/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { secret, withRouter } from "./support.ts";

/** The row of a name and service. */
function rowOf(sim: RouterOsSim, name: string, service: string) {
  const row = sim.world.secrets.named(name).find((one) => one["service"] === service);
  assert.ok(row !== undefined, `${name}/${service} is there`);
  return row;
}

function isOff(sim: RouterOsSim, name: string, service: string): boolean {
  return rowOf(sim, name, service)["disabled"] === "true";
}

/** A session of another service than the dialer's boxes have. */
function openOther(sim: RouterOsSim, name: string, service: string): string {
  const id = sim.world.openSession(name, "02:00:00:00:00:0f")[".id"] ?? "";
  sim.world.active.update(id, { service });
  return id;
}

const OTHERS = ["l2tp", "sstp", "pptp", "ovpn", "async"];

function withTwins(
  disabled: { pppoe: boolean; others: boolean },
  body: (router: ConnectedRouter, sim: RouterOsSim) => Promise<void>,
): Promise<void> {
  const twins = OTHERS.map((service) =>
    secret("juan", { service, disabled: disabled.others, profile: "fiber-50", dialing: false })
  );
  // The others stand first: none may be taken for the account because it is read first.
  const secrets = [...twins, secret("juan", { disabled: disabled.pppoe })];
  return withRouter({ secrets, redialMs: 60_000 }, body, { recheckMs: 200 });
}

function writesTo(sim: RouterOsSim, id: string): string[][] {
  return sim.log.map(({ words }) => words)
    .filter(([word]) => word === "/ppp/secret/set" || word === "/ppp/active/remove")
    .filter((words) =>
      words.some((word) => /^=(numbers|\.id)=/.test(word) && word.split(/[=,]/).includes(id))
    );
}

Deno.test("a cut disables the PPPoE account and no secret of another service with its name", async () => {
  await withTwins({ pppoe: false, others: false }, async (router, sim) => {
    const result = await router.setDisabled(["juan"], true);
    assert.deepEqual(result, { changed: ["juan"], unchanged: [], missing: [] });
    assert.equal(isOff(sim, "juan", "pppoe"), true);
    for (const service of OTHERS) {
      assert.equal(isOff(sim, "juan", service), false, service);
      assert.deepEqual(writesTo(sim, rowOf(sim, "juan", service)[".id"] ?? ""), [], service);
    }
    assert.deepEqual((await router.setDisabled(["juan"], true)).unchanged, ["juan"]);
  });
});

Deno.test("a restore enables no secret of another service that the admin disabled", async () => {
  await withTwins({ pppoe: true, others: true }, async (router, sim) => {
    assert.deepEqual((await router.setDisabled(["juan"], false)).changed, ["juan"]);
    assert.equal(isOff(sim, "juan", "pppoe"), false);
    for (const service of OTHERS) assert.equal(isOff(sim, "juan", service), true, service);
  });
});

Deno.test("an account that only another service has is missing, and not written", async () => {
  const secrets = [secret("juan", { service: "l2tp", dialing: false })];
  await withRouter({ secrets }, async (router, sim) => {
    assert.deepEqual((await router.setDisabled(["juan"], true)).missing, ["juan"]);
    assert.equal(await router.setProfile("juan", "expired"), "missing");
    assert.deepEqual(await router.findSecrets("juan"), []);
    assert.equal(sim.counters.writes, 0);
  });
});

Deno.test("a profile is given to the PPPoE account alone", async () => {
  await withTwins({ pppoe: false, others: false }, async (router, sim) => {
    assert.equal(await router.setProfile("juan", "expired"), "changed");
    assert.equal(rowOf(sim, "juan", "pppoe")["profile"], "expired");
    for (const service of OTHERS) assert.equal(rowOf(sim, "juan", service)["profile"], "fiber-50", service);
  });
});

Deno.test("a kick ends PPPoE sessions and no session of another service", async () => {
  await withTwins({ pppoe: false, others: false }, async (router, sim) => {
    const others = OTHERS.map((service) => openOther(sim, "juan", service));
    await router.setDisabled(["juan"], true);
    assert.deepEqual(await router.kick(["juan"]), { kicked: 1 });
    assert.deepEqual(sim.world.active.rows().map((row) => row[".id"]), others);
    assert.deepEqual(await router.findSessions(["juan"]), [], "they are nobody's first session either");
  });
});

Deno.test("an enabled secret of another service does not hide a redial of the cut account", async () => {
  await withTwins({ pppoe: false, others: false }, async (router, sim) => {
    await router.setDisabled(["juan"], true);
    const kicking = router.kick(["juan"]);
    await until(() => sim.sessionsOf("juan") === 0, { everyMs: 2 });
    sim.world.openSession("juan", "02:00:00:00:00:01");
    assert.deepEqual(await kicking, { kicked: 2 });
  });
});

Deno.test("an account of another service is cut, kicked and restored, and the PPPoE one of its name is not", async () => {
  await withTwins({ pppoe: false, others: false }, async (router, sim) => {
    const session = openOther(sim, "juan", "l2tp");
    assert.deepEqual((await router.setDisabled(["l2tp//juan"], true)).changed, ["l2tp//juan"]);
    assert.deepEqual(await router.kick(["l2tp//juan"]), { kicked: 1 });
    assert.equal(await router.setProfile("l2tp//juan", "expired"), "changed");
    assert.deepEqual(
      ["pppoe", ...OTHERS].filter((service) => isOff(sim, "juan", service)),
      ["l2tp"],
    );
    assert.equal(rowOf(sim, "juan", "pppoe")["profile"], "fiber-25");
    assert.equal(sim.sessionsOf("juan"), 1);
    assert.equal(sim.world.active.rows().some((row) => row[".id"] === session), false);
    assert.deepEqual((await router.setDisabled(["l2tp//juan"], false)).changed, ["l2tp//juan"]);
  });
});

Deno.test("a secret for any service is a PPPoE account", async () => {
  const secrets = [secret("juan", { service: "any" })];
  await withRouter({ secrets, redialMs: 60_000 }, async (router, sim) => {
    assert.deepEqual((await router.setDisabled(["juan"], true)).changed, ["juan"]);
    assert.equal(isOff(sim, "juan", "any"), true);
    assert.deepEqual(await router.kick(["juan"]), { kicked: 1 });
    assert.equal(await router.setProfile("juan", "expired"), "changed");
    assert.equal(rowOf(sim, "juan", "any")["profile"], "expired");
    assert.deepEqual((await router.setDisabled(["juan"], false)).changed, ["juan"]);
  });
});

Deno.test("beside a PPPoE secret one for any service is cut and restored with it, and keeps its profile", async () => {
  const secrets = [
    secret("juan", { service: "any", profile: "fiber-50", dialing: false }),
    secret("juan"),
  ];
  await withRouter({ secrets, redialMs: 60_000 }, async (router, sim) => {
    assert.deepEqual((await router.setDisabled(["juan"], true)).changed, ["juan"]);
    assert.ok(isOff(sim, "juan", "pppoe") && isOff(sim, "juan", "any"), "neither lets it in");
    await router.setProfile("juan", "expired");
    assert.equal(rowOf(sim, "juan", "any")["profile"], "fiber-50");
    assert.deepEqual((await router.setDisabled(["juan"], false)).changed, ["juan"]);
    assert.ok(!isOff(sim, "juan", "pppoe") && !isOff(sim, "juan", "any"));
  });
});
