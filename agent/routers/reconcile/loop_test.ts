import assert from "node:assert/strict";
import { generateSealingKey, seal } from "@/shared/crypto/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import {
  type AgentMessage,
  type DesiredSecret,
  routerSealContext,
  stateHash,
  type Unnumbered,
} from "@/shared/protocol/mod.ts";
import { until } from "@/tests/support/until.ts";
import { DesiredStore } from "../../journal/desired_store.ts";
import { MarksStore } from "../../journal/marks_store.ts";
import { FakePort } from "./fake_port_test_support.ts";
import { LOOP_TIMING, RouterLoop } from "./loop.ts";
import { Reporter } from "./reporter.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
const RUN = "0198c0de-0000-7000-8000-000000000c01";

type Report = Extract<Unnumbered<AgentMessage>, { t: "state.report" }>;

/** A loop that has cut ana and ben and has nothing to do. */
async function withIdleLoop(
  work: (
    parts: { loop: RouterLoop; router: FakePort; reports: Report[]; desired: DesiredStore },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const stopping = new AbortController();
  const sealing = await generateSealingKey();
  const router = new FakePort(new Map([["ana", true], ["ben", true], ["cai", false]]));
  const desired = new DesiredStore(folder, ROUTER, silentLogger);
  const secrets = ["ana", "ben", "cai"].map((name): DesiredSecret => ({
    name,
    profile: null,
    disabled: name !== "cai",
    authorisation: name === "cai" ? null : RUN,
  }));
  await desired.applySnapshot({
    t: "state.snapshot",
    seq: 1,
    ack: 0,
    router_id: ROUTER,
    lineage: LINEAGE,
    generation: 1n,
    hash: await stateHash(secrets),
    part: 1,
    parts: 1,
    secrets,
    authorisations: [{ id: RUN, kind: "run", run_id: null, generation: 1n, count: 2 }],
  });
  const reports: Report[] = [];
  const reporter = new Reporter({
    routerId: ROUTER,
    nowMs: () => 1_000,
    send: (message) => {
      if (message.t === "state.report") reports.push(message);
      return Promise.resolve();
    },
  });
  reporter.linkUp();
  const loop = new RouterLoop({
    settings: {
      router_id: ROUTER,
      name: "R1",
      host: "192.0.2.1",
      port: 8728,
      username: "linya",
      sealed_credentials: await seal(
        { publicKey: sealing.publicKey, version: 2 },
        "password",
        routerSealContext(ROUTER),
      ),
      serial_number: "SERIAL",
      software_id: null,
    },
    sealing,
    connect: () => Promise.resolve(router),
    desired,
    marks: new MarksStore(folder, ROUTER, silentLogger),
    reporter,
    allowed: () => new Set(),
    requestPermit: () => Promise.resolve(null),
    nowMs: () => 1_000,
    monotonicMs: () => 1_000,
    random: () => 0.5,
    log: silentLogger,
    timing: { ...LOOP_TIMING, followUpsMs: [20, 20] },
  });
  const done = loop.run(stopping.signal);
  try {
    await until(() => reports.length > 0);
    await work({ loop, router, reports, desired });
  } finally {
    stopping.abort();
    await done;
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("who paid is enabled and told to the web while the state is not on disk yet", async () => {
  await withIdleLoop(async ({ loop, router, reports, desired }) => {
    loop.stateProved({ restored: ["ana"], isOn: (name) => name !== "ben" });
    await until(() => reports.length === 2);
    assert.deepEqual(router.writes, ["enable ana"]);
    assert.equal(desired.current?.generation, 1n);
    const report = reports[1]!;
    assert.equal(report.complete, false);
    assert.equal(
      report.applied_generation,
      1n,
      "the newer generation is not in force before a pass has seen it",
    );
    assert.deepEqual(report.secrets.map(({ name, disabled, drift }) => ({ name, disabled, drift })), [
      { name: "ana", disabled: false, drift: null },
    ]);
  });
});

Deno.test("a state that wants somebody off again takes back a restore that has not been written", async () => {
  await withIdleLoop(async ({ loop, router, reports }) => {
    router.beforeWrite = () => loop.stateProved({ restored: [], isOn: () => false });
    loop.stateProved({ restored: ["ana"], isOn: (name) => name === "ana" });
    loop.wake();
    await until(() => router.looks > 1);
    assert.deepEqual(router.writes, []);
    assert.ok(
      !reports.flatMap(({ secrets }) => secrets).some(({ name, disabled }) =>
        name === "ana" && disabled === false
      ),
    );
  });
});

Deno.test("after a restore the router is looked at again soon, to see who has dialled in", async () => {
  await withIdleLoop(async ({ loop, router }) => {
    const before = router.looks;
    loop.stateProved({ restored: ["ana"], isOn: () => true });
    // The state is on disk: one look at once, and then the follow-ups without anybody's asking.
    loop.stateStored();
    await until(() => router.looks >= before + 3);
  });
});

Deno.test("a pass that has nothing to do reads the router once", async () => {
  await withIdleLoop(async ({ loop, router }) => {
    const before = router.looks;
    loop.wake();
    await until(() => router.looks > before);
    loop.wake();
    await until(() => router.looks > before + 1);
    assert.equal(router.looks, before + 2);
  });
});
