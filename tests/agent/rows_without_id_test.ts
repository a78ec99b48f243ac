import assert from "node:assert/strict";
import { FakeRouter } from "@/agent/routers/mikrotik/fake_router_test_support.ts";
import { mikrotikWith } from "@/agent/routers/mikrotik_port.ts";
import { withLoop } from "@/agent/routers/reconcile/loop_test_support.ts";
import { LOOP_TIMING } from "@/agent/routers/reconcile/loop_timing.ts";
import { until } from "@/tests/support/until.ts";

/** A router with ana and ben, both off; ana's row has lost its id. */
function damagedRouter(): FakeRouter {
  let isBenDisabled = true;
  const rowsOf = (command: string): string[][] => {
    switch (command) {
      case "/system/resource/print":
        return [["=version=7.15 (stable)", "=uptime=1h"]];
      case "/system/identity/print":
        return [["=name=R1"]];
      case "/system/routerboard/print":
        return [["=serial-number=SERIAL"]];
      case "/ppp/secret/print":
        return [
          ["=name=ana", "=service=pppoe", "=profile=p", "=disabled=true"],
          [".id=*2", "name=ben", "service=pppoe", "profile=p", `disabled=${isBenDisabled}`].map((word) =>
            `=${word}`
          ),
        ];
      default:
        return [];
    }
  };
  return new FakeRouter((words, self) => {
    const [command = ""] = words;
    const tag = words.filter((word) => word.startsWith(".tag="));
    if (command === "/ppp/secret/set" && words.includes("=numbers=*2")) isBenDisabled = false;
    for (const row of rowsOf(command)) self.reply("!re", ...tag, ...row);
    self.reply("!done", ...tag);
    if (command === "/quit") self.end();
  });
}

Deno.test("a row without an id is left alone and told, and the others are restored", async () => {
  const router = damagedRouter();
  await withLoop({
    wanted: { ana: false, ben: false },
    connect: mikrotikWith({ transport: router.transport }),
    timing: { ...LOOP_TIMING, followUpsMs: [] },
  }, async ({ loop, reports, statuses }) => {
    await until(() => statuses.some(({ code }) => code === "router_row_without_id"));
    const reported = reports.length;
    loop.wake();
    await until(() => router.count("/ppp/active/print") >= 3 && reports.length >= reported);
    const writes = router.received.filter(([command]) => command === "/ppp/secret/set");
    assert.deepEqual(writes.map((words) => words.filter((word) => word.startsWith("=numbers="))), [[
      "=numbers=*2",
    ]]);
    assert.deepEqual(statuses.map(({ status, code }) => [status, code]), [
      ["online", undefined],
      ["online", "router_row_without_id"],
    ]);
    assert.match(statuses[1]?.message ?? "", /1 of \/ppp\/secret\/print/);
    const told = new Map(reports.flatMap(({ secrets }) => secrets.map((row) => [row.name, row.drift])));
    assert.deepEqual(told.get("ben"), null);
    assert.deepEqual(told.get("ana"), "missing");
  });
});
