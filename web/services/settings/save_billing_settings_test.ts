import assert from "node:assert/strict";
import { storedText } from "@/web/messages/coded_text.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { createIsp, type Isp, liveUntil } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { type BillingSettings, describeEffects } from "@/web/domain/settings/mod.ts";
import { billingSettingsOf, lastSave } from "@/web/store/settings/settings.ts";
import { readSettingsFacts } from "@/web/store/settings/settings_facts.ts";
import { readSetupFacts } from "@/web/store/settings/setup_progress.ts";
import { findLogo, findSmallLogo } from "@/web/store/settings/tenant_logos.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { jpegOf } from "@/web/gateways/pdf/_papers.ts";
import { previewCut } from "@/web/store/cuts/tonight.ts";
import { findBrokenAuditEntry } from "../audit.ts";
import { businessNow } from "../business_clock.ts";
import { runDueDays } from "../billing/run_due_days.ts";
import { saveBillingSettings } from "./save_billing_settings.ts";
import { saveCompany } from "./save_company.ts";
import { saveTimeZone } from "./save_time_zone.ts";

/** An ISP whose unpaid subscribers are cut on 14 Feb at 09:00: cycle day 1, terms 7, grace 5. */
async function withIsp(local: string, work: (isp: Isp) => Promise<void>): Promise<void> {
  await using past = await playedIsp({ subscribers: 12 }, local);
  await work(past.isp);
}

async function settingsOf(isp: Isp): Promise<{ settings: BillingSettings; revision: number }> {
  const tenant = await isp.run(getTenant);
  return { settings: billingSettingsOf(tenant), revision: lastSave(tenant, "billing")?.revision ?? 0 };
}

async function save(isp: Isp, change: Partial<BillingSettings>) {
  const { settings, revision } = await settingsOf(isp);
  return await saveBillingSettings(isp.context, isp.tenantId, isp.actor, {
    revision,
    settings: { ...settings, ...change },
  });
}

async function effects(isp: Isp, change: Partial<BillingSettings>) {
  const { settings } = await settingsOf(isp);
  const after = { ...settings, ...change };
  return await isp.run(async (trx) => {
    const tenant = await getTenant(trx);
    const { today, time } = businessNow(tenant, isp.clock);
    const facts = await readSettingsFacts(trx, tenant, after, { today, time, now: isp.clock.now() });
    return { facts, effects: describeEffects(settings, after, facts) };
  });
}

Deno.test("a blackout day is previewed as it then happens: the list of tonight is empty, its cut dates move", async () => {
  await withIsp("2026-02-14T08:00", async (isp) => {
    const change = { blackoutWeekdays: [6] };
    const before = await effects(isp, change);
    assert.equal(before.facts.tonight.cutsBefore, 12);
    assert.equal(before.facts.tonight.cutsAfter, 0);
    assert.equal(before.facts.tonight.removed, 12);
    const moved = before.effects.find(({ key }) => key === "settings.effect_moved");
    assert.deepEqual(moved?.values, { count: 12, from: "14 Feb", to: "15 Feb" });
    assertOk(await save(isp, change));
    await liveUntil(isp, "2026-02-14T09:05");
    assert.equal(await countCut(isp), 0);
    await liveUntil(isp, "2026-02-15T09:05");
    assert.equal(await countCut(isp), 12);
  });
});

Deno.test("a cut hour that has passed cuts at once, as the preview warned; a later one waits for it", async () => {
  await withIsp("2026-02-14T08:00", async (isp) => {
    const early = await effects(isp, { cutTime: "07:00" });
    assert.deepEqual(early.effects.map(({ key, tone }) => [key, tone]), [
      ["settings.effect_cut_hour_now", "warn"],
    ]);
    assertOk(await save(isp, { cutTime: "10:00" }));
    await liveUntil(isp, "2026-02-14T09:30");
    assert.equal(await countCut(isp), 0);
    await liveUntil(isp, "2026-02-14T10:01");
    assert.equal(await countCut(isp), 12);
  });
});

Deno.test("a larger smallest debt previews whom it lets go", async () => {
  await withIsp("2026-02-14T08:00", async (isp) => {
    const { facts } = await effects(isp, {
      minBalanceCentavos: 200_000n as BillingSettings["minBalanceCentavos"],
    });
    assert.equal(facts.tonight.cutsAfter, 0);
    assertOk(await save(isp, { minBalanceCentavos: 200_000n as BillingSettings["minBalanceCentavos"] }));
    const shown = await isp.run(async (trx) =>
      await previewCut(trx, await getTenant(trx), Temporal.PlainDate.from("2026-02-14"), isp.clock.now())
    );
    assert.equal(shown.counts.cut, 0);
  });
});

Deno.test("a smaller brake is previewed as the run then meets it", async () => {
  await withIsp("2026-02-14T08:00", async (isp) => {
    const { effects: said } = await effects(isp, { brakePercent: 20 });
    assert.deepEqual(said.map(({ key, values }) => [key, values?.count, values?.active]), [
      ["settings.effect_brake_holds", 12, 12],
    ]);
    assertOk(await save(isp, { brakePercent: 20 }));
    await liveUntil(isp, "2026-02-14T09:05");
    assert.equal(await countCut(isp), 0);
    const run = await isp.run((trx) =>
      trx.selectFrom("runs").select("status").where("kind", "=", "cut")
        .where("business_on", "=", Temporal.PlainDate.from("2026-02-14")).executeTakeFirst()
    );
    assert.equal(run?.status, "awaiting_approval");
    // A run that waits goes on waiting: a person has to look at it.
    const larger = await effects(isp, { brakePercent: 100 });
    assert.deepEqual(larger.effects.map(({ key, values }) => [key, values?.waits]), [
      ["settings.effect_brake_same", "yes"],
    ]);
  });
});

Deno.test("rules that are right as they are count as gone through, without a save or an audit entry", async () => {
  await withIsp("2026-01-05T08:00", async (isp) => {
    const facts = () => isp.run(async (trx) => await readSetupFacts(trx, await getTenant(trx)));
    assert.equal((await facts()).isBillingSaved, false);
    assert.deepEqual(assertOk(await save(isp, {})).changed, []);
    assert.equal((await facts()).isBillingSaved, true);
    const entries = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("sequence").where("action", "like", "settings.%").execute()
    );
    assert.deepEqual(entries, []);
  });
});

Deno.test("a new cycle day keeps everybody's own, also of those who followed the company's", async () => {
  await withIsp("2026-02-10T08:00", async (isp) => {
    await isp.run((trx) =>
      trx.updateTable("subscriptions").set({ anchor_day: null }).where(
        "id",
        "in",
        isp.subscriptionIds.slice(0, 5),
      )
        .execute()
    );
    const { facts } = await effects(isp, { cycleDay: 15 });
    assert.deepEqual(facts.anchors, [{ day: 1, connections: 12 }]);
    assert.equal(assertOk(await save(isp, { cycleDay: 15 })).pinned, 5);
    await liveUntil(isp, "2026-03-01T01:00");
    const periods = await isp.run((trx) =>
      trx.selectFrom("bills").select(["period_start", "period_end"]).distinct()
        .where("issued_on", "=", Temporal.PlainDate.from("2026-03-01")).execute()
    );
    assert.deepEqual(periods.map((row) => [row.period_start, row.period_end].map(String)), [
      ["2026-02-01", "2026-03-01"],
    ]);
  });
});

Deno.test("terms and grace change the next bills and no bill that is out", async () => {
  await withIsp("2026-02-05T08:00", async (isp) => {
    const bills = () =>
      isp.run((trx) =>
        trx.selectFrom("bills").select(["due_on", "grace_days"]).distinct().orderBy("due_on").execute()
      );
    const out = (await bills()).map((bill) => [String(bill.due_on), bill.grace_days]);
    const { facts } = await effects(isp, { termsDays: 14 });
    assert.equal(facts.openBills, 12);
    assertOk(await save(isp, { termsDays: 14, graceDays: 2 }));
    assert.deepEqual((await bills()).map((bill) => [String(bill.due_on), bill.grace_days]), out);
    await liveUntil(isp, "2026-03-01T01:00");
    assert.deepEqual((await bills()).map((bill) => [String(bill.due_on), bill.grace_days]), [
      ...out,
      ["2026-03-15", 2],
    ]);
  });
});

Deno.test("a save in between is detected, also when both come at once; the loser changes nothing", async () => {
  await withIsp("2026-02-05T08:00", async (isp) => {
    const { settings } = await settingsOf(isp);
    const send = (graceDays: number) =>
      saveBillingSettings(isp.context, isp.tenantId, isp.actor, {
        revision: 0,
        settings: { ...settings, graceDays },
      });
    const results = await Promise.all([send(6), send(7)]);
    assert.deepEqual(results.map((result) => result.ok ? "saved" : result.code).sort(), [
      "row_changed",
      "saved",
    ]);
    const { settings: now, revision } = await settingsOf(isp);
    assert.equal(now.graceDays, results[0]?.ok ? 6 : 7);
    assert.equal(revision, 1);
    const stale = await send(9);
    assert.equal(stale.ok ? "" : stale.code, "row_changed");
  });
});

Deno.test("a save is audited with what was before and after, in an unbroken chain", async () => {
  await withIsp("2026-02-05T08:00", async (isp) => {
    assertOk(await save(isp, { graceDays: 9, blackoutDates: [Temporal.PlainDate.from("2026-12-25")] }));
    const entry = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select(["actor", "summary", "details"])
        .where("action", "=", "settings.billing_saved").executeTakeFirstOrThrow()
    );
    assert.equal(entry.actor, "Maria Santos");
    assert.equal(
      storedText(ENGLISH_WORDS, entry.summary),
      "Changed the billing rules: grace days; dates without cuts",
    );
    assert.deepEqual(entry.details, {
      before: { graceDays: 5, blackoutDates: [] },
      after: { graceDays: 9, blackoutDates: ["2026-12-25"] },
      connections_kept: 0,
    });
    assert.equal(await isp.run(findBrokenAuditEntry), null);
  });
});

Deno.test("impossible settings are refused by the service too", async () => {
  await withIsp("2026-02-05T08:00", async (isp) => {
    const result = await save(isp, { blackoutWeekdays: [1, 2, 3, 4, 5, 6, 7] });
    assert.equal(result.ok ? "" : result.code, "settings_impossible");
  });
});

Deno.test("settings of one ISP are not another's", async () => {
  await using database = await createTestDatabase();
  const [ours, theirs] = [
    await createIsp(database, { subscribers: 1 }),
    await createIsp(database, { subscribers: 1 }),
  ];
  assertOk(await save(ours, { graceDays: 9, cycleDay: 20 }));
  const logo = pngBytes();
  assertOk(await saveCompany(ours.context, ours.tenantId, ours.actor, { ...COMPANY, revision: 0, logo }));
  assertOk(
    await saveTimeZone(ours.context, ours.tenantId, ours.actor, { revision: 0, timeZone: "Asia/Tokyo" }),
  );
  const tenant = await theirs.run(getTenant);
  assert.deepEqual([tenant.grace_days, tenant.cycle_day, tenant.name, tenant.time_zone], [
    5,
    1,
    "Ilaya Net",
    "Asia/Manila",
  ]);
  assert.deepEqual(await theirs.run((trx) => trx.selectFrom("tenant_logos").select("type").execute()), []);
  assert.deepEqual(await ours.run((trx) => trx.selectFrom("tenant_logos").select("type").execute()), [
    { type: "png" },
  ]);
});

Deno.test("company, colour and logo are kept; a logo is taken away again; a zone that is none is refused", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { context, tenantId, actor } = isp;
  assertOk(await saveCompany(context, tenantId, actor, { ...COMPANY, revision: 0, logo: pngBytes() }));
  const stale = await saveCompany(context, tenantId, actor, { ...COMPANY, revision: 0 });
  assert.equal(stale.ok ? "" : stale.code, "row_changed");
  assertOk(await saveCompany(context, tenantId, actor, { ...COMPANY, revision: 1, logo: null }));
  assert.deepEqual(await isp.run((trx) => trx.selectFrom("tenant_logos").select("type").execute()), []);
  const tenant = await isp.run(getTenant);
  assert.deepEqual([tenant.name, tenant.phone, tenant.brand_colour], [
    "Barangay Net",
    "0917 123 4567",
    "#0e8a6b",
  ]);
  for (const timeZone of ["Mars/Olympus", "", "+08:00", "'; drop table tenants"]) {
    const result = await saveTimeZone(context, tenantId, actor, { revision: 0, timeZone });
    assert.equal(result.ok ? "" : result.code, "zone_unknown", timeZone);
  }
});

Deno.test("the scheduler works on under every preset", async () => {
  await withIsp("2026-02-05T08:00", async (isp) => {
    assertOk(await save(isp, { timing: "advance", leadDays: 7, graceDays: 0, cycleAnchor: "anniversary" }));
    assertOk(await runDueDays(isp.context, isp.tenantId, isp.actor));
    await liveUntil(isp, "2026-03-02T10:00");
    assert.ok(await countCut(isp) > 0);
  });
});

const COMPANY = {
  name: "Barangay Net",
  phone: "0917 123 4567",
  email: null,
  address: null,
  brandColour: "#0e8a6b",
};

Deno.test("a large JPEG is kept as it is and small, which goes with statements and mails; the next logo leaves nothing of it", async () => {
  await using database = await createTestDatabase();
  const { context, tenantId, actor, run } = await createIsp(database, { subscribers: 1 });
  const call = [context, tenantId, actor] as const;
  const large = jpegOf({ width: 800, height: 300 }, 40);
  assertOk(await saveCompany(...call, { ...COMPANY, revision: 0, logo: large }));
  const [shown, travelling] = await run(async (trx) => [await findLogo(trx), await findSmallLogo(trx)]);
  assert.deepEqual(new Uint8Array(shown!.bytes), large);
  assert.ok(travelling!.bytes.length <= 6_000 && large.length > 20_000, `${large.length}`);
  assertOk(await saveCompany(...call, { ...COMPANY, revision: 1, logo: pngBytes() }));
  const png = await run(findSmallLogo);
  assert.equal(png?.type, "png");
  assert.deepEqual(new Uint8Array(png.bytes), pngBytes());
});

function pngBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  bytes.set([0, 0, 0, 20, 0, 0, 0, 20], 16);
  return bytes;
}

async function countCut(isp: Isp): Promise<number> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("block_reasons").select("id").where("reason", "=", "nonpayment").where(
      "removed_at",
      "is",
      null,
    )
      .execute()
  );
  return rows.length;
}
