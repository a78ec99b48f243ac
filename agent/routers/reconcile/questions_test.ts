import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { takeAnswer } from "./answers.ts";
import { FakePort } from "./fake_port_test_support.ts";
import { LOOP_TIMING } from "./loop_timing.ts";
import { type TestLoop, type TestLoopOptions, withLoop } from "./loop_test_support.ts";

const SLOW_MS = 60;
const QUICK = { ...LOOP_TIMING, everyMs: 40, followUpsMs: [10], slowRetryMs: SLOW_MS };

/** A router without a serial number, such as a CHR, whose name can be changed. */
function virtualRouter(disabled: [string, boolean][]): FakePort & { name: string } {
  const router = Object.assign(new FakePort(new Map(disabled)), { name: "R1" });
  router.identity = () =>
    Promise.resolve({
      identity: router.name,
      version: "7.15",
      serial_number: null,
      software_id: "SYSTEM",
      board_name: null,
      uptime_seconds: 1,
    });
  return router;
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function last({ statuses }: TestLoop) {
  return statuses.at(-1);
}

Deno.test("the id of the bound router under another name: nothing is written, not even a restore, until a person says", async () => {
  await inFolder(async (folder) => {
    const router = virtualRouter([["ana", false]]);
    let connects = 0;
    const options: TestLoopOptions = {
      wanted: { ana: false },
      connect: () => {
        connects++;
        return Promise.resolve(router);
      },
      serialNumber: null,
      softwareId: "SYSTEM",
      folder,
      timing: QUICK,
    };
    await withLoop(options, async (parts) => {
      await until(() => parts.reports.length > 0);
      assert.equal(parts.marks.current.bound?.identity, "R1");
      assert.equal(last(parts)?.question, null);
    });
    router.name = "R1-copy";
    router.disabled.set("ana", true);
    await withLoop(options, async (parts) => {
      await until(() => parts.statuses.length > 0);
      const began = performance.now();
      const tried = connects;
      await until(() => connects >= tried + 2);
      assert.ok(performance.now() - began >= SLOW_MS, "the tries were quick ones");
      const status = last(parts);
      assert.deepEqual([status?.status, status?.code], ["wrong_router", "router_identity_in_doubt"]);
      assert.deepEqual([status?.question?.known, status?.question?.found], ["R1", "R1-copy"]);
      assert.equal(parts.statuses.length, 1, "one status, however often it is tried");
      assert.deepEqual(router.writes, []);
      assert.equal(await takeAnswer(parts, status?.question?.id ?? "", "leave"), "unfitting");
      assert.equal(await takeAnswer(parts, status?.question?.id ?? "", "same_router"), "taken");
      parts.loop.retry();
      await until(() => router.writes.length > 0);
      assert.deepEqual(router.writes, ["enable ana"]);
      await until(() => last(parts)?.status === "online");
      assert.equal(last(parts)?.question, null);
      assert.equal(parts.marks.current.bound?.identity, "R1-copy");
    });
  });
});

Deno.test("a router that has its name again is asked about no more", async () => {
  await inFolder(async (folder) => {
    const router = virtualRouter([["ana", false]]);
    const options: TestLoopOptions = {
      wanted: { ana: false },
      connect: () => Promise.resolve(router),
      serialNumber: null,
      softwareId: "SYSTEM",
      folder,
      timing: QUICK,
    };
    await withLoop(options, async ({ reports }) => await until(() => reports.length > 0));
    router.name = "other";
    await withLoop(options, async (parts) => {
      await until(() => parts.marks.current.question !== null);
      const { id } = parts.marks.current.question!;
      router.name = "R1";
      await until(() => last(parts)?.status === "online");
      assert.equal(last(parts)?.question, null);
      assert.equal(await takeAnswer(parts, id, "same_router"), "gone");
      assert.equal(parts.marks.current.bound?.identity, "R1");
    });
  });
});

Deno.test("a restored backup is said in the status until it is answered, also while the router is away", async () => {
  const names = ["ana", "ben", "cai", "dot"];
  const router = new FakePort(new Map(names.map((name) => [name, true])));
  let isThere = true;
  const ended: (() => void)[] = [];
  const connect = () => {
    if (!isThere) return Promise.reject(Object.assign(new Error("away"), { code: "router_unreachable" }));
    const end = Promise.withResolvers<void>();
    ended.push(end.resolve);
    return Promise.resolve(Object.assign(Object.create(router), { ended: end.promise }) as FakePort);
  };
  const wanted = Object.fromEntries(names.map((name) => [name, true]));
  await withLoop({ wanted, connect, timing: QUICK }, async (parts) => {
    const { marks, loop } = parts;
    await until(() => Object.keys(marks.current.cuts).length === 4);
    for (const name of names) router.disabled.set(name, false);
    loop.wake();
    await until(() => last(parts)?.code === "router_changed_at_once");
    const status = last(parts);
    assert.equal(status?.status, "online");
    assert.deepEqual(status?.remarks?.map(({ code }) => code), ["router_changed_at_once"]);
    assert.match(status?.message ?? "", /4 that Linya had cut are on/);
    assert.ok(!("covered" in (status?.question ?? {})), "the journal's own list stays there");
    isThere = false;
    ended.at(-1)?.();
    await until(() => last(parts)?.status !== "online");
    const id = last(parts)?.question?.id ?? "";
    assert.equal(await takeAnswer(parts, id, "leave"), "taken");
    isThere = true;
    loop.retry();
    await until(() => last(parts)?.status === "online");
    assert.deepEqual([last(parts)?.question, last(parts)?.remarks], [null, []]);
    assert.deepEqual(router.writes, []);
  });
});

Deno.test("all that is not as it should be is told, the worst first, and is over when it is over", async () => {
  const router = new FakePort(new Map([["ana", false], ["ben", false]]));
  router.profiles = ["other"];
  router.routes = [{ disabled: false, active: false }];
  const connect = () => Promise.resolve(router);
  await withLoop(
    { wanted: { ana: false, ben: false }, profile: "fiber", connect, timing: QUICK },
    async (parts) => {
      await until(() => last(parts)?.remarks?.length === 2);
      const status = last(parts);
      assert.equal(status?.code, "router_uplink_down");
      assert.deepEqual(status?.remarks?.map(({ code }) => code), [
        "router_uplink_down",
        "router_profile_missing",
      ]);
      assert.equal(status?.message, status?.remarks?.[0]?.message);
      assert.match(status?.remarks?.[1]?.message ?? "", /"fiber" \(2 accounts\)/);
      assert.equal(parts.reports.at(-1)?.drift_count, 1);
      router.profiles = ["fiber", "other"];
      router.routes = [{ disabled: false, active: true }];
      await until(() => last(parts)?.remarks?.length === 0);
      assert.equal(last(parts)?.message, null);
    },
  );
});

Deno.test("changes are told to the web, and told again to the next connection until they are confirmed", async () => {
  await inFolder(async (folder) => {
    const router = new FakePort(new Map([["ana", false], ["ben", false]]));
    const options: TestLoopOptions = {
      wanted: { ana: false, ben: false },
      connect: () => Promise.resolve(router),
      folder,
      timing: QUICK,
    };
    await withLoop(options, async ({ loop, seen, told }) => {
      await until(() => seen.accounts.size === 2);
      router.disabled.set("ana", true);
      loop.wake();
      await until(() => told.length > 0);
      assert.deepEqual(told.map(({ name, kind }) => [name, kind]), [["ana", "disabled"]]);
    });
    await withLoop(options, async ({ told, changes }) => {
      await until(() => told.length > 0);
      await changes.kept(told.map(({ id }) => id));
    });
    await withLoop(options, async ({ told, reports }) => {
      await until(() => reports.length > 0);
      assert.deepEqual(told, []);
    });
  });
});
