import assert from "node:assert/strict";
import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { takeAnswer } from "@/agent/routers/reconcile/answers.ts";
import { LOOP_TIMING } from "@/agent/routers/reconcile/loop_timing.ts";
import {
  type TestLoop,
  type TestLoopOptions,
  withLoop,
} from "@/agent/routers/reconcile/loop_test_support.ts";
import {
  codePageText,
  type GeneratedSecret,
  type RouterOsSim,
  startRouterOsSim,
} from "@/sim/routeros/mod.ts";
import { setUplink } from "@/sim/routeros/routes.ts";
import { secret } from "@/tests/interop/support.ts";
import { until } from "@/tests/support/until.ts";

const PROFILE = "fiber-25";
const TIMING = {
  ...LOOP_TIMING,
  everyMs: 100,
  followUpsMs: [20],
  retryBaseMs: 1,
  retryCapMs: 2,
  slowRetryMs: 50,
};

interface Setting {
  secrets: GeneratedSecret[];
  wanted: Record<string, boolean>;
  version?: string;
  routerboard?: boolean;
  identity?: string;
}

/** A loop that has permits for everything, over the real client, beside a simulated router. */
async function withRouter(
  { secrets, wanted, version = "7.16", routerboard = true, identity = "R1" }: Setting,
  work: (sim: RouterOsSim, parts: TestLoop) => Promise<void>,
  more: Partial<TestLoopOptions> = {},
): Promise<void> {
  const sim = startRouterOsSim({
    secrets: secrets.map((one) => ({ ...one, dialing: false })),
    version,
    routerboard,
    identity,
    users: [{ name: "linya", password: "s3cret", group: "full" }],
  });
  try {
    await withLoop({
      wanted,
      profile: PROFILE,
      address: { host: sim.host, port: sim.port, username: "linya" },
      password: "s3cret",
      serialNumber: null,
      softwareId: routerboard ? null : sim.world.softwareId,
      connect: mikrotikWith({ recheckMs: 1 }),
      requestPermit: ({ names }) => Promise.resolve({ names: new Set(names), isValid: () => true }),
      timing: TIMING,
      ...more,
    }, (parts) => work(sim, parts));
  } finally {
    await sim.close();
  }
}

/** What a person in WinBox does to secrets, which the router writes into its log. */
function byHand(
  sim: RouterOsSim,
  name: string,
  values: Record<string, string>,
  line = "ppp secret changed by admin",
) {
  for (const row of sim.world.secrets.named(name)) sim.world.secrets.update(row[".id"] ?? "", values);
  sim.world.writeLog("system,info", line);
}

function sets(sim: RouterOsSim): number {
  return sim.log.filter(({ words }) => words[0] === "/ppp/secret/set").length;
}

for (const version of ["6.45", "6.49", "7.9", "7.24"]) {
  Deno.test(`${version}: what is done in WinBox is told with the router's own line, and then undone or left`, async () => {
    const secrets = ["ana", "ben", "cai", "dot", "eli"].map((name) => secret(name));
    const wanted = { ana: false, ben: false, cai: true, dot: false, eli: false };
    await withRouter({ secrets, wanted, version }, async (sim, { told, seen, want }) => {
      await until(() => sim.isDisabled("cai") === true && seen.accounts.get("cai")?.shut === true);
      byHand(sim, "ana", { disabled: "true" });
      await until(() => sim.isDisabled("ana") === false && told.length === 1, { what: "the restore" });
      byHand(sim, "cai", { disabled: "false" });
      await until(() => told.length === 2);
      byHand(sim, "ben", { profile: "expired" });
      await until(() => sim.world.secrets.named("ben")[0]?.["profile"] === PROFILE && told.length === 3);
      byHand(sim, "dot", { name: "dorothea" });
      await until(() => told.length === 4);
      for (const row of sim.world.secrets.named("eli")) sim.world.secrets.remove(row[".id"] ?? "");
      sim.world.writeLog("system,info", "ppp secret removed by ops");
      await until(() => told.length === 5);
      const words = told.map(({ kind, name, before, after }) => [kind, name, before, after].join(" ").trim());
      assert.deepEqual(words, [
        "disabled ana",
        "enabled cai",
        `profile ben ${PROFILE} expired`,
        "renamed dot dot dorothea",
        "deleted eli",
      ]);
      assert.match(told[0]?.said ?? "", /^\S.* ppp secret changed by admin$/);
      assert.match(told[4]?.said ?? "", / ppp secret removed by ops$/);
      assert.equal(sim.isDisabled("cai"), false, "who was enabled by hand stays on");
      const before = sets(sim);
      // A state of its own, so that a pass is known to have looked.
      await want(wanted);
      await until(() => seen.accounts.size === 3);
      assert.equal(sets(sim), before);
      assert.equal(told.length, 5);
    });
  });
}

Deno.test("a router that is restored from a backup with everybody on: a person is asked, and the books are applied", async () => {
  const names = ["ana", "ben", "cai", "dot"];
  const wanted = Object.fromEntries(names.map((name) => [name, true]));
  await withRouter({ secrets: names.map((name) => secret(name)), wanted }, async (sim, parts) => {
    await until(() => [...parts.seen.accounts.values()].filter(({ shut }) => shut).length === 4);
    for (const name of names) byHand(sim, name, { disabled: "false" });
    await until(() => parts.statuses.at(-1)?.question?.kind === "changed_at_once");
    const before = sets(sim);
    parts.loop.wake();
    const looked = () => sim.log.filter(({ words }) => words[0] === "/ppp/secret/print").length;
    const looks = looked();
    await until(() => looked() >= looks + 3, { what: "three more looks" });
    assert.equal(sets(sim), before, "while a person is asked nobody is cut");
    const id = parts.statuses.at(-1)?.question?.id ?? "";
    assert.equal(await takeAnswer(parts, id, "apply_books"), "taken");
    await until(() => names.every((name) => sim.isDisabled(name) === true), { what: "the cut" });
    await until(() => parts.statuses.at(-1)?.question === null);
    assert.deepEqual(parts.told, []);
  });
});

Deno.test("a copy of a virtual router, with its system id and another name, is not written to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const secrets = [secret("ana", { disabled: true })];
    const setting = { secrets, wanted: { ana: false }, routerboard: false };
    await withRouter(setting, async (sim) => {
      await until(() => sim.isDisabled("ana") === false);
    }, { folder });
    await withRouter({ ...setting, identity: "copy" }, async (sim, { statuses }) => {
      await until(() => statuses.some(({ code }) => code === "router_identity_in_doubt"));
      assert.equal(statuses.at(-1)?.status, "wrong_router");
      assert.equal(sim.isDisabled("ana"), true);
    }, { folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a profile is renamed under 3,000 secrets: one remark, no write of a profile, and a cut at once", async () => {
  const names = Array.from({ length: 3_000 }, (_, i) => `user-${i}`);
  const wanted = Object.fromEntries(names.map((name) => [name, false]));
  await withRouter({ secrets: names.map((name) => secret(name)), wanted }, async (sim, parts) => {
    await until(() => parts.seen.accounts.size === 3_000, { timeoutMs: 30_000 });
    const [profile] = sim.world.profiles.named(PROFILE);
    sim.world.profiles.update(profile?.[".id"] ?? "", { name: "fiber-30" });
    await until(() => parts.statuses.at(-1)?.code === "router_profile_missing", { timeoutMs: 30_000 });
    assert.match(parts.statuses.at(-1)?.message ?? "", /"fiber-25" \(3000 accounts\)/);
    const before = sets(sim);
    await parts.want({ ...wanted, "user-1500": true });
    await until(() => sim.isDisabled("user-1500") === true, { timeoutMs: 10_000 });
    assert.equal(sets(sim), before + 1);
    assert.equal(parts.reports.at(-1)?.drift_count, 1);
    assert.deepEqual(parts.told, []);
    // Named back: the accounts themselves never changed, so there is no change to tell and nothing to write.
    sim.world.profiles.update(profile?.[".id"] ?? "", { name: PROFILE });
    await until(() => parts.statuses.at(-1)?.code === undefined, { timeoutMs: 30_000 });
    assert.deepEqual(parts.told, []);
    assert.equal(sets(sim), before + 1);
  });
});

Deno.test("accounts go to another profile a hundred at a time by their rows, also under names of a code page", async () => {
  const names = Array.from({ length: 250 }, (_, i) => i % 20 === 0 ? codePageText(`niño-${i}`) : `user-${i}`);
  const wanted = Object.fromEntries(names.map((name) => [name, false]));
  await withRouter({ secrets: names.map((name) => secret(name)), wanted }, async (sim, parts) => {
    await until(() => parts.seen.accounts.size === 250, { timeoutMs: 20_000 });
    const prints = () =>
      sim.log.filter(({ words }) =>
        words[0] === "/ppp/secret/print" && !words.some((word) => word.startsWith("?"))
      ).length;
    const before = prints();
    await parts.want(wanted, "expired");
    await until(() => names.every((name) => sim.world.secrets.named(name)[0]?.["profile"] === "expired"), {
      timeoutMs: 20_000,
    });
    assert.equal(sets(sim), 3);
    assert.ok(
      prints() - before <= 4,
      "the whole table is read to look and to read back, and not for each write",
    );
    assert.deepEqual(parts.told, []);
  });
});

Deno.test("while the uplink of a site is down its cuts wait, restores do not, and it is said", async () => {
  for (const version of ["6.49", "7.16"]) {
    const secrets = [secret("ana"), secret("ben", { disabled: true })];
    await withRouter({ secrets, wanted: { ana: false, ben: true }, version }, async (sim, parts) => {
      await until(() => parts.reports.length > 0);
      setUplink(sim.world, false);
      await parts.want({ ana: true, ben: false });
      await until(() => sim.isDisabled("ben") === false);
      await until(() => parts.statuses.at(-1)?.code === "router_uplink_down");
      assert.equal(sim.isDisabled("ana"), false);
      const drift = () =>
        parts.reports.flatMap((report) => report.secrets).findLast(({ name }) => name === "ana")?.drift;
      await until(() => drift() === "waiting_permit");
      assert.notEqual(parts.reports.at(-1)?.applied_generation, parts.desired.current?.generation);
      setUplink(sim.world, true);
      await until(() => sim.isDisabled("ana") === true);
      await until(() => parts.statuses.at(-1)?.code === undefined);
    });
  }
});

Deno.test("a router that began in 1970 after a power cut is restored all the same, and told until it knows the time", async () => {
  for (const version of ["6.49", "7.16"]) {
    const secrets = [secret("ana", { disabled: true })];
    await withRouter({ secrets, wanted: { ana: true }, version }, async (sim, parts) => {
      await until(() => parts.reports.length > 0);
      sim.reboot({ clockAt1970: true });
      await until(() => parts.statuses.at(-1)?.code === "router_clock_unset", { timeoutMs: 20_000 });
      await parts.want({ ana: false });
      await until(() => sim.isDisabled("ana") === false);
      sim.world.setClock(Temporal.Now.plainDateTimeISO());
      await until(() => parts.statuses.at(-1)?.code === undefined, { timeoutMs: 20_000 });
      assert.deepEqual(parts.told, []);
    });
  }
});
