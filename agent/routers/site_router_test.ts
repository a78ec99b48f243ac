import assert from "node:assert/strict";
import { generateSealingKey, seal } from "@/shared/crypto/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { routerSealContext, type RouterSettings } from "@/shared/protocol/mod.ts";
import { until } from "@/tests/support/until.ts";
import { DiskHealth } from "../journal/disk_health.ts";
import { JournalError } from "../journal/files.ts";
import { FakePort } from "./reconcile/fake_port_test_support.ts";
import { LOOP_TIMING } from "./reconcile/loop_timing.ts";
import { SiteRouter } from "./site_router.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const RUN = "0198c0de-0000-7000-8000-000000000c01";
const MARK = { authorisation: RUN, generation: 1n, at_ms: 1, confirmed: true };
const ON = { id: "*1", service: "pppoe", off: false, shut: false, profile: "p" };

/** A router that is known by its serial number, with marks of ours and a question. */
async function withRouter(
  work: (router: SiteRouter, settings: RouterSettings, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const sealing = await generateSealingKey();
  const key = { publicKey: sealing.publicKey, version: 2 } as const;
  const settings: RouterSettings = {
    router_id: ROUTER,
    name: "R1",
    host: "192.0.2.1",
    port: 8728,
    username: "linya",
    sealed_credentials: await seal(key, "password", routerSealContext(ROUTER)),
    serial_number: "SERIAL",
    software_id: null,
  };
  const router = new SiteRouter({
    settings,
    folder,
    disk: new DiskHealth(() => {}),
    sealing,
    connect: () => Promise.resolve(new FakePort(new Map())),
    send: () => Promise.resolve(),
    requestPermit: () => Promise.resolve(null),
    allowed: () => new Set(),
    nowMs: () => 1_000,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    log: silentLogger,
    timing: LOOP_TIMING,
    onStatus: () => {},
  });
  await router.load();
  await router.marks.intend(new Map([["ana", MARK]]), [{ name: "ana", authorisation: RUN, at_ms: 1 }], 1);
  router.seen.replace(new Map([["ana", ON]]));
  await router.marks.ask({
    id: RUN,
    kind: "changed_at_once",
    asked_ms: 1,
    known: null,
    found: null,
    of: 3,
    enabled: 3,
    missing: 0,
    examples: [],
    covered: ["ana"],
  });
  router.start();
  try {
    await until(() => router.reporter.status?.status === "online");
    await work(router, settings, folder);
  } finally {
    await router.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a name or a password that changes leaves marks, question and what was seen", async () => {
  await withRouter(async (router, settings) => {
    await router.update({ ...settings, name: "Tower" });
    assert.equal(router.marks.current.question?.id, RUN);
    assert.deepEqual(Object.keys(router.marks.current.cuts), ["ana"]);
    assert.equal(router.seen.accounts.size, 1);
  });
});

Deno.test("an identity that a person clears takes them away, but not what the guard has counted", async () => {
  await withRouter(async (router, settings) => {
    await router.update({ ...settings, serial_number: null });
    assert.equal(router.marks.current.question, null);
    assert.deepEqual(router.marks.current.cuts, {});
    assert.equal(router.marks.current.guarded.length, 1);
    assert.equal(router.seen.accounts.size, 0);
    await until(() => router.marks.current.bound?.identity === "R1", {
      what: "the next contact is the first",
    });
    assert.equal(await router.answer(RUN, "leave"), "gone");
  });
});

Deno.test("with a full disk the router is looked after as before, and the new settings are refused", async () => {
  await withRouter(async (router, settings, folder) => {
    await Deno.mkdir(`${folder}/${ROUTER}.marks.json.tmp`);
    await assert.rejects(router.update({ ...settings, serial_number: null }), JournalError);
    await until(() => router.loop !== null);
    assert.equal(router.settings.serial_number, "SERIAL");
    assert.equal(router.marks.current.question?.id, RUN);
    await Deno.remove(`${folder}/${ROUTER}.marks.json.tmp`);
    await router.update({ ...settings, serial_number: null });
    assert.equal(router.marks.current.question, null);
  });
});
