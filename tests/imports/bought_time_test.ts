import assert from "node:assert/strict";
import { textOfBytes } from "@/shared/text/mod.ts";
import { accountLabel } from "@/web/domain/imports/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { assertBooksHold, createIsp, type Isp, liveUntil, offNow, todayOf } from "@/tests/billing/isp.ts";
import { UNITS } from "@/tests/billing/prepaid_isp.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { buyPrepaid } from "@/web/services/billing/buy_prepaid.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { resumeSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { dryRunImport } from "@/web/services/imports/dry_run_import.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveBoughtTime } from "@/web/services/imports/save_bought_time.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { undoImport } from "@/web/services/imports/undo_import.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { insertImportBatch, updateImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertImportRows, listImportRows } from "@/web/store/imports/import_rows.ts";
import { centavos } from "@/shared/money/mod.ts";

const HEAD = "PPP secret,Valid until,Duration\n";

/** A reading of the router that waits for review; names with `-off` are disabled there. */
async function readSecrets(
  isp: Isp,
  names: readonly string[],
  known: readonly string[] = [],
): Promise<string> {
  const batchId = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run(async (trx) => {
    const router = await trx.selectFrom("routers").select("id").executeTakeFirstOrThrow();
    await insertImportBatch(trx, {
      id: batchId,
      router_id: router.id,
      command_id: null,
      created_by: "Owner",
      created_at: isp.clock.now(),
    });
    await insertImportRows(
      trx,
      batchId,
      names.map((name) => ({
        ppp_name: name,
        profile: "50M",
        is_disabled: name.endsWith("-off"),
        comment: null,
        caller_id: null,
        service: "pppoe",
        name,
        phone: null,
        decision: "import",
        issue: known.includes(name) ? "Already a subscriber" : null,
      })),
    );
    await updateImportBatch(trx, batchId, { status: "review", total: names.length });
  });
  return batchId;
}

const send = (isp: Isp, batchId: string, text: string) =>
  saveBoughtTime(isp.context, isp.tenantId, isp.actor, {
    batchId,
    bytes: new TextEncoder().encode(text),
    order: "month_first",
  });

const NEW_PLAN = { newPlan: { name: "Home 10", priceCentavos: 90_000n } };

async function review(isp: Isp, batchId: string, choice: { planId: string } | typeof NEW_PLAN = NEW_PLAN) {
  assertOk(
    await saveImportReview(isp.context, isp.tenantId, isp.actor, {
      batchId,
      firstBillOn: todayOf(isp),
      disabledPolicy: "disconnected",
      profiles: [{ profile: "50M", ...choice }],
      rows: [],
    }),
  );
}

async function runIt(isp: Isp, batchId: string): Promise<void> {
  const unqueued = { ...isp.context, enqueue: () => Promise.resolve() };
  assertOk(await confirmImport(unqueued, isp.tenantId, isp.actor, { batchId }));
  await runImport(isp.context, isp.tenantId, batchId);
}

/** Every connection: how it pays, until when, its days with why, and what is billed to it. */
const lines = (isp: Isp) =>
  isp.run(async (trx) => {
    const rows = await trx.selectFrom("subscriptions").select([
      "id",
      "ppp_name",
      "billing_mode",
      "billed_through_on",
      "next_bill_on",
      "prepaid_unit",
      "prepaid_count",
      "status",
    ]).orderBy("ppp_name").execute();
    const days = await trx.selectFrom("charged_periods").select([
      "subscription_id",
      "period_start",
      "period_end",
      "state",
      "why",
    ]).orderBy("period_start").execute();
    return rows.map((row) => ({
      ...row,
      days: days.filter((one) => one.subscription_id === row.id).map((one) =>
        `${one.period_start} ${one.period_end} ${one.why ?? one.state}`
      ),
    }));
  });

async function lineOf(isp: Isp, name: string) {
  return (await lines(isp)).find((line) => line.ppp_name === name)!;
}

const isOff = (isp: Isp, name: string) =>
  isp.run(async (trx) =>
    (await trx.selectFrom("desired_secrets").select("is_disabled").where("ppp_name", "=", name)
      .executeTakeFirstOrThrow()).is_disabled
  );

Deno.test("an import brings bought time: it costs nothing, stacks with a purchase, lapses on its day, cut by the usual run", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T12:00:00+08:00", subscribers: 0 });
  const batchId = await readSecrets(isp, ["ana", "ben", "cora", "dan"]);
  await review(isp, batchId);
  const file = `${HEAD}ana,2026-12-03,30 days\nben,2026-11-20,1 month\ndan,12/31/2026,7 days\ncora,,\n`;
  assert.equal(assertOk(await send(isp, batchId, file)).taken, 3);
  assert.equal(assertOk(await send(isp, batchId, file)).taken, 3, "sent twice");
  const forecast = await isp.run((trx) => dryRunImport(trx, batchId));
  assert.deepEqual([forecast?.created, forecast?.problems, forecast?.boughtUntil.map(String)], [
    4,
    [],
    ["2026-12-03", "2026-11-20", "2026-12-31"],
  ]);
  await runIt(isp, batchId);
  const ana = await lineOf(isp, "ana");
  assert.deepEqual(
    [ana.billing_mode, String(ana.billed_through_on), ana.next_bill_on, ana.prepaid_count, ana.days],
    ["prepaid", "2026-12-04", null, 30, ["2026-11-27 2026-12-04 bought_before"]],
  );
  assert.deepEqual((await lineOf(isp, "ben")).days, ["2026-11-20 2026-11-21 bought_before"]);
  assert.deepEqual([(await lineOf(isp, "cora")).billing_mode, (await lineOf(isp, "cora")).days], [
    "postpaid",
    [],
  ]);
  assert.equal(await isOff(isp, "ben"), false, "what has lapsed is not cut by the import itself");
  assert.deepEqual(
    await isp.run(async (trx) => [
      ...await trx.selectFrom("bills").select("id").execute(),
      ...await trx.selectFrom("ledger_entries").select("account").execute(),
    ]),
    [],
    "nothing is charged",
  );
  await assertBooksHold(isp);

  await liveUntil(isp, "2026-11-28T10:00:00+08:00");
  assert.deepEqual([await isOff(isp, "ben"), await isOff(isp, "ana")], [true, false]);
  const buyFor = async (name: string, pesos: number) =>
    buyPrepaid(isp.context, isp.tenantId, isp.actor, {
      subscriptionId: (await lineOf(isp, name)).id,
      unit: name === "ben" ? "months" : "days",
      count: name === "ben" ? 1 : 30,
      quantity: 1,
      once: uuidv7(isp.clock.now().epochMilliseconds),
      payment: { amountCentavos: centavos(pesos * 100), method: "cash", receivedOn: todayOf(isp) },
    });
  assertOk(await buyFor("ben", 900));
  assert.deepEqual((await lineOf(isp, "ben")).days, [
    "2026-11-20 2026-11-21 bought_before",
    "2026-11-21 2026-11-28 uncovered",
    "2026-11-28 2026-12-28 billed",
  ]);
  assert.equal(await isOff(isp, "ben"), false, "a purchase brings it back at once");
  assertOk(await buyFor("ana", 900));
  assert.deepEqual((await lineOf(isp, "ana")).days, [
    "2026-11-27 2026-12-04 bought_before",
    "2026-12-04 2027-01-03 billed",
  ]);
  await liveUntil(isp, "2027-01-01T10:00:00+08:00");
  assert.deepEqual([await isOff(isp, "dan"), await isOff(isp, "ana")], [true, false]);
  await assertBooksHold(isp);
});

Deno.test("a file with one bad row is refused as a whole, with line and reason; so are plans that do not sell it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T12:00:00+08:00", subscribers: 0 });
  const batchId = await readSecrets(isp, ["ana", "ben"]);
  const bad = assertRefused(
    await send(isp, batchId, `${HEAD}ana,2026-12-03,30 days\nben,2026-13-01,30 days\neve,2026-12-03,1 day\n`),
    "bought_file_refused",
  );
  assert.match(
    bad,
    /2 rows are wrong: Line 3, ben: “2026-13-01” is not a day; Line 4, eve: the router has no secret of this name\.$/,
  );
  const bought = () =>
    isp.run((trx) =>
      trx.selectFrom("import_rows").select("ppp_name").where("prepaid_until_on", "is not", null).execute()
    );
  assert.deepEqual(await bought(), []);
  const workbook = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]);
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  assertRefused(
    await saveBoughtTime(...call, { batchId, bytes: workbook, order: "month_first" }),
    "bought_file_not_text",
  );
  // A file is read before anything is locked: one that cannot be read opens no transaction.
  let opened = 0;
  const counting = { ...isp.context, before: () => Promise.resolve(void opened++) };
  const sendText = (text: string) =>
    saveBoughtTime(counting, isp.tenantId, isp.actor, {
      batchId,
      bytes: new TextEncoder().encode(text),
      order: "month_first",
    });
  assertRefused(await sendText("name,until\nana,2026-12-03"), "bought_file_columns");
  assert.equal(opened, 0);
  const far = assertRefused(await sendText(`${HEAD}ana,2099-12-03,30 days`), "bought_file_refused");
  assert.match(far, /Line 2, ana: 3 Dec 2099/);
  assert.equal(opened, 1);
  assertRefused(await send(isp, crypto.randomUUID(), `${HEAD}ana,2026-12-03,30 days`), "import_not_found");
  assertOk(await send(isp, batchId, `${HEAD}ana,2026-12-03,15 days`));
  await isp.run((trx) => replacePrepaidUnits(trx, isp.planId, UNITS));
  await review(isp, batchId, { planId: isp.planId });
  const refused = assertRefused(await confirmImport(...call, { batchId }), "review_incomplete");
  assert.match(refused, /Fiber 50 does not sell 15 days prepaid, which ana buys/);
  assertOk(await send(isp, batchId, `${HEAD}ben,2026-12-03,30 days`));
  assert.deepEqual(await bought(), [{ ppp_name: "ben" }], "a file takes the place of the one before");
  await runIt(isp, batchId);
  assertRefused(await send(isp, batchId, `${HEAD}ana,2026-12-03,30 days`), "import_not_in_review");
});

Deno.test("the same router and file again make nothing twice, and an import of bought time is taken back as any other", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T12:00:00+08:00", subscribers: 0 });
  const file = `${HEAD}ana,2026-12-03,30 days\nben-off,2026-12-05,30 days\n`;
  const first = await readSecrets(isp, ["ana", "ben-off"]);
  await review(isp, first);
  assertOk(await send(isp, first, file));
  await runIt(isp, first);
  const before = await lines(isp);
  const again = await readSecrets(isp, ["ana", "ben-off", "eve"], ["ana", "ben-off"]);
  const plan = await isp.run((trx) =>
    trx.selectFrom("plans").select("id").where("name", "=", "Home 10").executeTakeFirstOrThrow()
  );
  await review(isp, again, { planId: plan.id });
  assert.equal(assertOk(await send(isp, again, file)).taken, 0);
  await runIt(isp, again);
  assert.deepEqual((await lines(isp)).filter((line) => line.ppp_name !== "eve"), before);
  const undo = { batchId: first };
  assert.equal(assertOk(await undoImport(isp.context, isp.tenantId, isp.actor, undo)).removed, 2);
  assert.deepEqual((await lines(isp)).map((line) => line.ppp_name), ["eve"]);
  await assertBooksHold(isp);
});

Deno.test("a prepaid line that came in disabled keeps its days, gets no bills, and is on when somebody turns it on", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T12:00:00+08:00", subscribers: 0 });
  const batchId = await readSecrets(isp, ["ben-off"]);
  await review(isp, batchId);
  assertOk(await send(isp, batchId, `${HEAD}ben-off,2026-12-05,30 days\n`));
  await runIt(isp, batchId);
  const { id, status } = await lineOf(isp, "ben-off");
  assert.equal(status, "disconnected");
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  assertOk(await resumeSubscription(...call, { subscriptionId: id, reason: "imported_disabled" }));
  const on = await lineOf(isp, "ben-off");
  assert.deepEqual([on.status, String(on.billed_through_on), on.next_bill_on], [
    "active",
    "2026-12-06",
    null,
  ]);
  assert.deepEqual(await offNow(isp), []);
  assertOk(await switchRenewal(...call, { subscriptionId: id, renewsItself: true }));
  // Bills begin where the bought time ends, also where it was bought before.
  const { effectiveOn } = assertOk(
    await changeMode(...call, { subscriptionId: id, to: "postpaid", when: "today" }),
  );
  assert.equal(String(effectiveOn), "2026-12-06");
  await assertBooksHold(isp);
});

Deno.test("the page takes the file, shows the rows and what is prepaid until when, and says what is wrong", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { start: "2026-11-27T12:00:00+08:00", subscribers: 0 });
  const batchId = await readSecrets(isp, ["ana", "ben", "cora"]);
  const app = await createWebApp(isp.context);
  const owner = await app.signIn(isp.tenantId, "Owner");
  const path = `/admin/import/${batchId}`;
  const sendFile = async (text: string | null) => {
    const form = new FormData();
    form.set(
      "_csrf",
      /name="_csrf" value="([^"]+)"/.exec((await owner.get(`${path}/bought`)).html)?.[1] ?? "",
    );
    form.set("order", "day_first");
    if (text !== null) form.set("file", new File([text], "old.csv", { type: "text/csv" }));
    const base = "http://linya.test";
    const answer = await app.handler(
      new Request(`${base}${path}/bought`, {
        method: "POST",
        body: form,
        headers: { cookie: owner.cookie, origin: base },
      }),
    );
    return { status: answer.status, html: await answer.text() };
  };
  await review(isp, batchId);
  assert.match((await owner.get(path)).text, /Everybody gets bills\./);
  const none = await sendFile(null);
  assert.deepEqual([none.status, /Choose the file\./.test(none.html)], [422, true]);
  const bad = await sendFile(`${HEAD}ana,31/11/2026,30 days\n`);
  assert.equal(bad.status, 422);
  assert.match(bad.html, /Line 2, ana: “31\/11\/2026” is not a day/);
  // What Linya gives out as a file can be filled in and sent back.
  const file = (await owner.get(`${path}/rows.csv`)).html;
  const filled = file.replaceAll('"","",', '"3/12/2026","30 days",');
  assert.equal(
    (await sendFile(filled.replace(/"3\/12\/2026"(?![\s\S]*"3\/12\/2026")/, '"20/11/2026"'))).status,
    303,
  );
  const rows = await owner.get(`${path}/rows?show=prepaid`);
  assert.match(rows.text, /3 Dec 2026\s*30 days/);
  const checked = await owner.get(path);
  assert.match(checked.text, /2 prepaid connections are paid for until 3 Dec 2026\. 1 has run out/);
  assert.match(checked.text, /3 connections are prepaid; the others get bills/);
  assert.match((await owner.get(`${path}/confirm`)).text, /2 prepaid connections are paid for/);
  await runIt(isp, batchId);
  const ana = await isp.run((trx) =>
    trx.selectFrom("subscriptions").select("subscriber_id").where("ppp_name", "=", "ana")
      .executeTakeFirstOrThrow()
  );
  const person = await owner.get(`/admin/subscribers/${ana.subscriber_id}`);
  assert.match(person.text, /Valid until 3 Dec.*Bought before Linya/);
  assert.equal((await owner.get(`${path}/bought`)).location, path);
});

Deno.test("a row is for the account that it names, as the file of the secrets calls it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 0 });
  const inCodePage = (hex: string) => textOfBytes(Uint8Array.fromHex(hex));
  const batchId = await readSecrets(isp, ["niño", inCodePage("6e69f16f"), inCodePage("50e9f161"), "ana"]);
  const send = (rows: string) =>
    saveBoughtTime(isp.context, isp.tenantId, isp.actor, {
      batchId,
      bytes: new TextEncoder().encode(HEAD + rows),
      order: "month_first",
    });
  const until = async () =>
    (await isp.run((trx) => listImportRows(trx, batchId, { limit: 10 })))
      .flatMap((row) =>
        row.prepaid_until_on === null ? [] : [`${accountLabel(row.account_key)} ${row.prepaid_until_on}`]
      )
      .sort();
  const day = (n: number) => isp.clock.now().toZonedDateTimeISO("Asia/Manila").toPlainDate().add({ days: n });
  assertOk(
    await send(
      `niño,${day(1)},30 days\nniño (code page),${day(2)},30 days\nPéña,${day(3)},30 days\nana,${
        day(4)
      },30 days\n`,
    ),
  );
  assert.deepEqual(await until(), [
    `Péña (code page) ${day(3)}`,
    `ana ${day(4)}`,
    `niño (code page) ${day(2)}`,
    `niño ${day(1)}`,
  ]);
  assertRefused(
    await send(`Péña,${day(1)},30 days\nPéña (code page),${day(1)},30 days\n`),
    "bought_file_refused",
  );
});
