import assert from "node:assert/strict";
import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { LOOP_TIMING } from "@/agent/routers/reconcile/loop_timing.ts";
import { type TestLoop, withLoop } from "@/agent/routers/reconcile/loop_test_support.ts";
import { FakeRouter } from "@/agent/routers/mikrotik/fake_router_test_support.ts";
import { RouterOsSession } from "@/agent/routers/mikrotik/mod.ts";
import { type RouterOsSim, type RouterOsSimOptions, startRouterOsSim } from "@/sim/routeros/mod.ts";
import { secret } from "@/tests/interop/support.ts";
import { until } from "@/tests/support/until.ts";

const SLOW_MS = 250;
const PASSWORD = "s3cret";

/** A loop that wants ana and ben on, against a router whose user is of this group. Slow means a quarter of a second. */
async function withGroup(
  group: string,
  work: (sim: RouterOsSim, parts: TestLoop, allow: () => void) => Promise<void>,
  more: Partial<RouterOsSimOptions> & {
    /** What Linya was told the password is. */
    given?: string;
    before?: (sim: RouterOsSim) => void | Promise<void>;
  } = {},
): Promise<void> {
  const users = [{ name: "linya", password: PASSWORD, group }];
  const { given = PASSWORD, before, ...options } = more;
  const secrets = ["ana", "ben"].map((name) => secret(name, { disabled: true }));
  const sim = startRouterOsSim({ secrets, users, ...options });
  try {
    await before?.(sim);
    await withLoop(
      {
        wanted: { ana: false, ben: false },
        address: { host: sim.host, port: sim.port, username: "linya" },
        password: given,
        serialNumber: sim.world.serialNumber,
        connect: mikrotikWith({}),
        timing: { ...LOOP_TIMING, followUpsMs: [], retryBaseMs: 1, retryCapMs: 2, slowRetryMs: SLOW_MS },
      },
      (parts) => work(sim, parts, () => allowAll(sim)),
    );
  } finally {
    await sim.close();
  }
}

/** Somebody gives the user all policies. */
function allowAll({ world }: RouterOsSim): void {
  const [user] = world.users;
  world.userTable.update(user?.[".id"] ?? "", { group: "full" });
}

function told({ statuses }: TestLoop): string[] {
  return statuses.map(({ status, code }) => code === undefined ? status : `${status} ${code}`);
}

function tries(sim: RouterOsSim): number {
  return sim.counters.logins + sim.counters.failedLogins;
}

/** Waits for two more tries and sees that they were slow ones. */
async function assertSlow(sim: RouterOsSim): Promise<void> {
  const began = performance.now();
  const before = tries(sim);
  await until(() => tries(sim) >= before + 2, { what: "two more tries" });
  assert.ok(performance.now() - began >= SLOW_MS, "the tries were quick ones");
}

Deno.test("a user who may not read is one status in words, tried again slowly, until the policy is there", async () => {
  await withGroup("api,write,test", async (sim, parts, allow) => {
    await until(() => parts.statuses.length > 0);
    await assertSlow(sim);
    assert.deepEqual(told(parts), ["error router_may_not_read"]);
    allow();
    await until(() => sim.isDisabled("ana") === false, { what: "the restore" });
    assert.deepEqual(told(parts), ["error router_may_not_read", "online"]);
  });
});

Deno.test("a user who may not write is told as such while reads go on, and nothing is written again and again", async () => {
  await withGroup("api,read,test", async (sim, parts, allow) => {
    const writes = () => sim.log.filter(({ words }) => words[0] === "/ppp/secret/set").length;
    await until(() => told(parts).includes("online router_may_not_write"));
    const reports = parts.reports.length;
    const began = writes();
    parts.loop.wake();
    await until(() => parts.reports.length >= reports, { what: "a pass that reads" });
    await assertSlow(sim);
    assert.deepEqual(told(parts), ["online", "online router_may_not_write"]);
    assert.ok(writes() - began <= tries(sim), "one write for each login at the most");
    assert.match(parts.statuses[1]?.message ?? "", /not enough permissions/);
    allow();
    await until(() => sim.isDisabled("ana") === false && sim.isDisabled("ben") === false);
    await until(() => told(parts).length === 3);
    assert.equal(told(parts)[2], "online");
    assert.equal(parts.statuses[2]?.message, null);
  });
});

Deno.test("somebody's test of the router makes the next try of a write at once", async () => {
  await withGroup("api,read,test", async (sim, parts, allow) => {
    await until(() => told(parts).includes("online router_may_not_write"));
    allow();
    parts.loop.retry();
    await until(() => sim.isDisabled("ana") === false);
  });
});

Deno.test("a wrong password, and a user without the api policy, are one status each and no storm of logins", async () => {
  await withGroup("full", async (sim, parts) => {
    await until(() => parts.statuses.length > 0);
    await assertSlow(sim);
    assert.deepEqual(told(parts), ["wrong_password router_login_refused"]);
    assert.ok(!JSON.stringify(parts.statuses).includes("not-this-one"));
  }, { given: "not-this-one" });
  await withGroup("read,write,test", async (sim, parts) => {
    await until(() => parts.statuses.length > 0);
    await assertSlow(sim);
    assert.deepEqual(told(parts), ["wrong_password router_login_refused"]);
  });
});

Deno.test("a full table of sessions is one status, tried slowly after a few quick ones, and over when there is room", async () => {
  let guest: RouterOsSession | null = null;
  const before = async (sim: RouterOsSim) => {
    guest = await RouterOsSession.connect({
      host: sim.host,
      port: sim.port,
      user: "linya",
      password: PASSWORD,
    });
  };
  await withGroup("full", async (sim, parts) => {
    await until(() => sim.counters.connections >= 8, { what: "the quick tries" });
    const began = performance.now();
    const tried = sim.counters.connections;
    await until(() => sim.counters.connections >= tried + 2, { what: "two more" });
    assert.ok(performance.now() - began >= SLOW_MS, "the tries were quick ones");
    assert.deepEqual(told(parts), ["error router_login_not_allowed"]);
    await guest?.close();
    await until(() => told(parts).includes("online"));
    assert.equal(parts.statuses.length, 2);
  }, { version: "7.16", maxSessions: 1, before });
});

Deno.test("a router that closes a login once, as one that is starting does, is tried again at once", async () => {
  await withGroup("full", async (sim, parts) => {
    await until(() => sim.counters.connections >= 2);
    sim.refuseConnections(false);
    const began = performance.now();
    await until(() => told(parts).includes("online"));
    assert.ok(performance.now() - began < 20 * SLOW_MS);
  }, { before: (sim) => sim.refuseConnections(true) });
});

Deno.test("a login that is refused and closed without a done gives the router's text and no storm of logins", async () => {
  let logins = 0;
  const router = () =>
    Promise.resolve(
      new FakeRouter((_words, self) => {
        logins++;
        self.reply("!trap", "=message=invalid user name or password (6)");
        self.end();
      }),
    );
  await withLoop({
    wanted: { ana: false },
    connect: async (address) => mikrotikWith({ transport: (await router()).transport })(address),
    timing: { ...LOOP_TIMING, retryBaseMs: 1, retryCapMs: 2, slowRetryMs: SLOW_MS },
  }, async (parts) => {
    await until(() => logins === 1);
    const began = performance.now();
    await until(() => logins === 3);
    assert.ok(performance.now() - began >= SLOW_MS, "the tries were quick ones");
    assert.deepEqual(told(parts), ["wrong_password router_login_refused"]);
    assert.match(parts.statuses[0]?.message ?? "", /invalid user name or password \(6\)/);
  });
});

Deno.test("a router that lets in and then breaks off before it could be read is never told to be online", async () => {
  await withGroup("full", async (sim, parts) => {
    await until(() => sim.counters.connections >= 3);
    assert.deepEqual(told(parts), ["unreachable router_connection_closed"]);
    sim.dropAfterSentences(null);
    await until(() => sim.isDisabled("ana") === false);
  }, { before: (sim) => sim.dropAfterSentences(6) });
});
