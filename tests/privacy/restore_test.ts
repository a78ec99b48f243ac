import assert from "node:assert/strict";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { createIsp, liveUntil } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedOnce } from "@/tests/support/played.ts";
import { openErasureList } from "@/web/gateways/erasure_list/mod.ts";
import { applyErasuresAgain, listNotApplied } from "@/web/services/privacy/apply_erasures_again.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { eraseSubscriber } from "@/web/services/privacy/erase_subscriber.ts";
import { describeReapply } from "@/tools/privacy/reapply.ts";
import { report } from "@/tools/doctor/main.ts";
import { erasing, everyRow, type Known, leave, liveThrough } from "./erasing_isp.ts";

const KNOWN: Known = {
  name: "Crisanto Villaruz Magtanggol",
  phone: "0917 555 8431",
  email: "crisanto.magtanggol@example.test",
  address: "Purok 7, Sitio Malinaw",
  notes: "Gate with the dog",
};

/** Two copies of one database: one goes on, the other is the backup of before. */
const before = () =>
  playedOnce("somebody before an erasure", async (database) => {
    const isp = await createIsp(database, { subscribers: 3 });
    await liveUntil(isp, "2026-02-10T10:00");
    await liveThrough(isp, 0, KNOWN);
    await leave(isp, 0);
    return isp;
  });

Deno.test("whoever was erased is erased again in a restored backup when it starts, once, and only by what was signed", async () => {
  const signing = await generateSigningKey();
  const folder = await Deno.makeTempDir();
  const path = `${folder}/kept/erasures.jsonl`;
  const erasures = openErasureList(path);
  try {
    await using live = await before();
    const subscriberId = live.isp.subscriberIds[0]!;
    const { isp } = live;
    const done = await eraseSubscriber(await erasing(isp, { signing, erasures }), isp.tenantId, isp.actor, {
      subscriberId,
      waits: false,
      reason: "By letter",
    });
    assert.equal(assertOk(done), "done");
    const text = await Deno.readTextFile(path);
    assert.equal(text.trimEnd().split("\n").length, 1);
    assert.ok(!text.includes("Crisanto"), "the list names nobody");

    await using restored = await before();
    const holds = async () =>
      [...(await everyRow(restored.database)).values()].join("\n").includes(KNOWN.name);
    assert.equal(await holds(), true, "the backup has them whole");
    const again = await erasing(restored.isp, { signing, erasures });
    const seen = async () => {
      const lines: string[] = [];
      await report({ context: again, dataDir: null }, (line) => lines.push(line));
      return lines.join("\n");
    };
    assert.match(await seen(), /BROKEN +1 people who were erased are whole in this database/);
    assert.equal((await listNotApplied(again, await erasures.read())).length, 1);

    // A list that somebody wrote, or that another installation signed, erases nobody.
    const other = await erasing(restored.isp, { signing: await generateSigningKey(), erasures });
    assert.deepEqual(await applyErasuresAgain(other), { known: 0, not_here: 0, not_signed: 1, erased: 0 });
    assert.equal(await holds(), true);

    const starts = await Promise.all([applyErasuresAgain(again), applyErasuresAgain(again)]);
    assert.equal(starts[0].erased + starts[1].erased, 1, "of two nodes that start one does it");
    assert.equal(await holds(), false);
    assert.equal((await checkAudit(again, restored.isp.tenantId)).broken, null);
    assert.match(await seen(), /ok +1 erasures of the list are applied/);
    const { lines, isWhole } = await describeReapply(again, path);
    assert.deepEqual([lines.join("\n"), isWhole], ["1 known already", true]);
    assert.equal((await erasures.read()).length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("somebody who is connected again in the backup is erased, and keeps the line that the router has", async () => {
  const signing = await generateSigningKey();
  await using live = await before();
  const first = await erasing(live.isp, { signing });
  const subscriberId = live.isp.subscriberIds[0]!;
  assertOk(
    await eraseSubscriber(first, live.isp.tenantId, live.isp.actor, {
      subscriberId,
      waits: false,
      reason: "Letter",
    }),
  );
  await using restored = await before();
  await restored.isp.run((trx) =>
    trx.updateTable("subscriptions").set({ status: "active" }).where("tenant_id", "=", trx.tenantId)
      .where("subscriber_id", "=", subscriberId).execute()
  );
  const context = await erasing(restored.isp, { signing, erasures: first.erasures! });
  assert.equal((await applyErasuresAgain(context)).erased, 1);
  const row = await restored.isp.run((trx) =>
    trx.selectFrom("subscriptions").select("ppp_name").where("tenant_id", "=", trx.tenantId)
      .where("subscriber_id", "=", subscriberId).executeTakeFirstOrThrow()
  );
  assert.match(row.ppp_name, /^crisanto/);
  const rows = await everyRow(restored.database);
  assert.ok(!rows.get("subscribers")!.includes("Crisanto"));
});

Deno.test("a line that a crash cut off is skipped at the end of the list, and refused within it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/erasures.jsonl`;
  try {
    await Deno.writeTextFile(path, '{"format":"linya-era');
    assert.deepEqual(await openErasureList(path).read(), []);
    await Deno.writeTextFile(path, '{"format":"linya-era\n{}\n');
    await assert.rejects(openErasureList(path).read(), /line 1 .* is damaged/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
