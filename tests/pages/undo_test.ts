import { coded, formatCoded } from "@/shared/codes/mod.ts";
import assert from "node:assert/strict";
import { sql } from "kysely";
import { findBrokenAuditEntry } from "@/web/services/audit.ts";
import { issueBills } from "@/web/services/billing/issue_bills.ts";
import { listOwnPrices } from "@/web/store/billing/own_prices.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { paymentFields, type Scene, withScene } from "../support/scene.ts";

/** Number of the entry that a page's address offers to take back. */
function offered(location: string): string {
  return new URL(location, "http://linya.test").searchParams.get("undo") ?? "";
}

async function undo(owner: Scene["owner"], location: string): Promise<string> {
  const entry = offered(location);
  assert.match(entry, /^\d+$/, location);
  const url = new URL((await owner.post("/admin/undo", { entry })).location, "http://linya.test");
  // Taken back or not: where it was, the message names whom it is about.
  assert.equal(url.searchParams.has("about"), url.searchParams.get("done") === "undone");
  url.searchParams.delete("about");
  return url.pathname + url.search;
}

async function one<T>({ isp }: Scene, text: string): Promise<T> {
  const { rows } = await isp.run((trx) => sql.raw<T>(text).execute(trx));
  return rows[0] as T;
}

Deno.test("what can be taken back shows a button, and taking it back restores what was", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const base = `/admin/subscribers/${isp.subscriberIds[1]}`;
    const connection = isp.subscriptionIds[1]!;
    const holds = () =>
      one<{ until_on: string | null }>(
        scene,
        `select max(until_on)::text as until_on from holds where ended_at is null and subscription_id = '${connection}'`,
      );

    const held = await owner.post(`${base}/hold`, { connection, until: "2026-02-13", reason: "Pays Friday" });
    const page = await owner.get(held.location);
    assert.match(page.html, /action="\/admin\/undo"[\s\S]*name="entry" value="\d+"/);
    assert.equal(await undo(owner, held.location), "/admin?done=undone");
    assert.equal((await holds()).until_on, null);
    assert.match((await owner.get("/admin?done=undone")).text, /Undone\. It is as it was before\./);

    await owner.post(`${base}/hold`, { connection, until: "2026-02-13", reason: "Pays Friday" });
    const longer = await owner.post(`${base}/hold`, { connection, until: "2026-02-20", reason: "More" });
    assert.equal((await holds()).until_on, "2026-02-20");
    await undo(owner, longer.location);
    assert.equal((await holds()).until_on, "2026-02-13");

    const ended = await owner.post(`${base}/end-hold`, { connection });
    assert.equal((await holds()).until_on, null);
    await undo(owner, ended.location);
    assert.equal((await holds()).until_on, "2026-02-13");

    const off = await owner.post(`${base}/disconnect`, { connection, kind: "vacation", note: "Until May" });
    assert.match((await owner.get(off.location)).text, /Undo switches it on again/);
    await undo(owner, off.location);
    const blocked = () =>
      one<{ note: string | null }>(
        scene,
        `select max(note) as note from block_reasons where removed_at is null and subscription_id = '${connection}'`,
      );
    assert.equal((await blocked()).note, null);
    await owner.post(`${base}/disconnect`, { connection, kind: "vacation", note: "Until May" });
    const on = await owner.post(`${base}/reconnect`, { connection, reason: "vacation" });
    await undo(owner, on.location);
    assert.equal((await blocked()).note, "Until May");
    assert.equal(await isp.run(findBrokenAuditEntry), null);
  });
});

Deno.test("contact data, a site's name and an archived plan come back as they were", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const path = `/admin/subscribers/${isp.subscriberIds[0]}/edit`;
    const empty = { phone: "", email: "", address: "", notes: "" };
    await owner.post(path, { ...empty, name: "Juan Cruz", phone: "0917 1", notes: "Dog" });
    const saved = await owner.post(path, { ...empty, name: "Juan Reyes" });
    await undo(owner, saved.location);
    const contact = await one<{ name: string; phone: string; notes: string }>(
      scene,
      `select name, phone, notes from subscribers where id = '${isp.subscriberIds[0]}'`,
    );
    assert.deepEqual({ ...contact }, { name: "Juan Cruz", phone: "0917 1", notes: "Dog" });
    const kept = await one<{ details: string }>(
      scene,
      "select string_agg(details::text, ' ') as details from audit_entries where action = 'subscriber.updated'",
    );
    assert.doesNotMatch(kept.details, /Juan|Dog/, "the log that nobody can change holds no contact data");

    const site = await one<{ id: string }>(scene, "select id from sites");
    const renamed = await owner.post(`/admin/sites/${site.id}/rename`, { name: "Ibaba" });
    await undo(owner, renamed.location);
    assert.equal((await one<{ name: string }>(scene, "select name from sites")).name, "Ilaya");

    await owner.post("/admin/plans/new", { name: "Old 10", price: "500", profile: "", speed: "" });
    const plan = await one<{ id: string }>(scene, "select id from plans where name = 'Old 10'");
    const archived = await owner.post(`/admin/plans/${plan.id}/archive`, {});
    await undo(owner, archived.location);
    const again = await one<{ gone: boolean }>(
      scene,
      `select archived_at is not null as gone from plans where id = '${plan.id}'`,
    );
    assert.equal(again.gone, false);
  });
});

Deno.test("a payment posted by mistake is reversed, once, however often the button is pressed", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner, app } = scene;
    const form = await owner.get(`/admin/payments/new?subscriber=${isp.subscriberIds[2]}`);
    const posted = await owner.post("/admin/payments/new", paymentFields(form.html));
    const page = await owner.get(posted.location);
    assert.match(page.text, /its money leaves the bills again\. Nobody is cut by that/);
    const answers = await Promise.all([undo(owner, posted.location), undo(owner, posted.location)]);
    assert.deepEqual(answers, ["/admin?done=undone", "/admin?done=undone"]);
    assert.equal(await undo(owner, posted.location), "/admin?done=undone");
    const reversed = await one<{ count: number; reason: string }>(
      scene,
      `select count(*)::int as count, max(reverse_reason) as reason from payments where status = 'reversed'`,
    );
    assert.deepEqual({ ...reversed }, { count: 1, reason: formatCoded(coded("reason_posted_by_mistake")) });
    const receipt = await owner.get(posted.location.split("?")[0] ?? "");
    assert.match(receipt.html, /: Posted by mistake/);
    assert.doesNotMatch(receipt.html, /reason_posted_by_mistake/);
    const legs = await one<{ count: number }>(
      scene,
      "select count(*)::int as count from ledger_transactions where kind = 'payment_reversed'",
    );
    assert.equal(legs.count, 1);

    const cashier = await app.signIn(isp.tenantId, "Cashier");
    const next = await cashier.get(`/admin/payments/new?subscriber=${isp.subscriberIds[3]}`);
    const theirs = await cashier.post("/admin/payments/new", paymentFields(next.html));
    assert.equal(offered(theirs.location), "", "who may not reverse is not offered to");
  });
});

Deno.test("nobody takes back another's deed, an old one, one that was built on, or one without the permission", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner, app } = scene;
    const connection = isp.subscriptionIds[4]!;
    const base = `/admin/subscribers/${isp.subscriberIds[4]}`;
    const hold = (until: string) => owner.post(`${base}/hold`, { connection, until, reason: "Pays" });
    const { location } = await hold("2026-02-13");
    const entry = offered(location);

    const other = await app.signIn(isp.tenantId, "Owner");
    assert.equal((await other.post("/admin/undo", { entry })).location, "/admin?done=undo_gone");
    assert.doesNotMatch((await other.get(location)).html, /action="\/admin\/undo"/);

    await owner.post(`${base}/disconnect`, { connection, kind: "abuse", note: "Resells" });
    assert.equal((await owner.post("/admin/undo", { entry })).location, "/admin?done=undo_changed");
    assert.doesNotMatch((await owner.get(location)).html, /action="\/admin\/undo"/);

    const second = isp.subscriptionIds[5]!;
    const other5 = `/admin/subscribers/${isp.subscriberIds[5]}`;
    const late = await owner.post(`${other5}/hold`, {
      connection: second,
      until: "2026-02-13",
      reason: "Pays",
    });
    isp.clock.advance({ minutes: 11 });
    assert.equal(await undo(owner, late.location), "/admin?done=undo_gone");

    for (const wrong of ["0", "999999", "-1", "x", "9".repeat(30)]) {
      const { status, location } = await owner.post("/admin/undo", { entry: wrong });
      assert.ok(status === 422 || location.endsWith("done=undo_gone"), wrong);
    }
    const billing = await app.signIn(isp.tenantId, "Read-only");
    assert.equal((await billing.post("/admin/undo", { entry })).location, "/admin?done=undo_gone");
    const noToken = await app.handler(
      new Request("http://linya.test/admin/undo", {
        method: "POST",
        headers: { cookie: owner.cookie, origin: "http://linya.test" },
        body: new URLSearchParams({ entry }),
      }),
    );
    assert.equal(noToken.status, 403);
    assert.equal((await owner.get("/admin/undo")).status, 405);
  });
});

Deno.test("a memo, a refund, a charge, rules and a planned end are taken back, and the books hold", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const path = `/admin/subscribers/${isp.subscriberIds[1]}`;
    const connection = isp.subscriptionIds[1]!;
    const standing = () =>
      one<{ memos: number; refunds: number; bills: number; owed: string }>(
        scene,
        `select (select count(*)::int from credit_memos where voided_at is null) as memos,
          (select count(*)::int from refunds where reversed_at is null) as refunds,
          (select count(*)::int from bills where status = 'issued') as bills,
          (select sum(total_centavos - paid_centavos)::text from bills where status = 'issued') as owed`,
      );
    const before = await standing();
    const keyOf = async (address: string) =>
      /name="key" value="([^"]+)"/.exec((await owner.get(address)).html)?.[1] ?? "";

    const memo = { intent: "save", kind: "goodwill", amount: "1,500", bill: "", reason: "Sorry" };
    const given = await owner.post(`${path}/memo`, { ...memo, key: await keyOf(`${path}/memo`) });
    assert.equal((await standing()).memos, before.memos + 1, given.text.slice(-400));
    const refund = { intent: "save", amount: "200", method: "cash", reason: "Asked for it" };
    const paid = await owner.post(`${path}/refund`, { ...refund, key: await keyOf(`${path}/refund`) });
    assert.equal((await standing()).refunds, 1, paid.text.slice(-400));
    assert.equal(await undo(owner, given.location), "/admin?done=undo_refused", "some of it was paid back");
    await undo(owner, paid.location);
    assert.equal((await standing()).refunds, 0);
    await undo(owner, given.location);
    assert.deepEqual({ ...await standing() }, { ...before });

    const charge = { kind: "one_time", what: "New router", amount: "900", connection };
    const charged = await owner.post(`${path}/charge`, { ...charge, key: await keyOf(`${path}/charge`) });
    assert.equal((await standing()).bills, before.bills + 1, charged.text.slice(-400));
    await undo(owner, charged.location);
    assert.deepEqual({ ...await standing() }, { ...before });

    const rulesOf = () =>
      one<{ lock: string | null; fee: string | null }>(
        scene,
        `select lock_in_until::text as lock, lock_in_fee_centavos::text as fee from subscriptions
          where id = '${connection}'`,
      );
    const agreed = { connection, lockUntil: "2026-06-01", lockKind: "flat", lockAmount: "500" };
    await owner.post(`${path}/rules`, agreed);
    const kept = await rulesOf();
    assert.equal(kept.fee, "50000");
    const changed = await owner.post(`${path}/rules`, { ...agreed, lockAmount: "900" });
    assert.equal((await rulesOf()).fee, "90000");
    await undo(owner, changed.location);
    assert.deepEqual({ ...await rulesOf() }, { ...kept });

    const end = { connection, last: "2026-02-20", unused: "credit", net: "0" };
    const planned = await owner.post(`${path}/end`, end);
    await undo(owner, planned.location);
    const ends = await one<{ open: number }>(
      scene,
      "select count(*)::int as open from service_ends where state in ('asked', 'planned')",
    );
    assert.equal(ends.open, 0);
    assert.deepEqual(await isp.run(checkInvariants), []);
    assert.equal(await isp.run(findBrokenAuditEntry), null);
  });
});

Deno.test("an own price that was agreed, ended or taken back, and a mend, are as before, unless they were billed since", async () => {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp, owner } = scene;
    const connection = isp.subscriptionIds[1]!;
    const path = `/admin/subscribers/${isp.subscriberIds[1]}`;
    const standing = () =>
      isp.run(async (trx) =>
        (await listOwnPrices(trx, [connection])).map((row) =>
          `${row.amount_centavos} ${row.from_on} ${row.last_on ?? row.periods ?? "on"}`
        )
      );
    const set = (fields: Record<string, unknown>) =>
      isp.run((trx) => trx.updateTable("subscriptions").set(fields).where("id", "=", connection).execute());
    const agree = (amount: string, from: Record<string, string>) =>
      owner.post(`${path}/price/review`, {
        connection,
        kind: "price",
        amount,
        percent: "",
        end: "none",
        periods: "",
        last: "",
        reason: "Rival",
        ...from,
      });

    const first = await agree("800", { from: "day", on: "2026-02-05" });
    assert.deepEqual(await standing(), ["80000 2026-02-05 on"]);
    const second = await agree("700", { from: "next", on: "" });
    assert.deepEqual(await standing(), ["80000 2026-02-05 2026-02-28", "70000 2026-03-01 on"]);
    assert.equal(await undo(owner, second.location), "/admin?done=undone");
    assert.deepEqual(await standing(), ["80000 2026-02-05 on"], "what it took the place of goes on");
    assert.equal(await undo(owner, first.location), "/admin?done=undo_changed");

    const price = (await isp.run((trx) => listOwnPrices(trx, [connection])))[0]!.id;
    const ended = await owner.post(`${path}/price/end`, { connection, price });
    assert.deepEqual(await standing(), ["80000 2026-02-05 2026-02-28"]);
    await set({ billed_through_on: Temporal.PlainDate.from("2026-04-01") });
    assert.equal(await undo(owner, ended.location), "/admin?done=undo_billed");
    assert.match((await owner.get("/admin?done=undo_billed")).text, /it has been billed since/);
    await set({ billed_through_on: Temporal.PlainDate.from("2026-02-01") });
    assert.equal(await undo(owner, ended.location), "/admin?done=undone");
    assert.deepEqual(await standing(), ["80000 2026-02-05 on"]);

    const later = await agree("650", { from: "next", on: "" });
    await undo(owner, later.location);
    const begun = await isp.run((trx) =>
      trx.selectFrom("subscriptions").select(["activated_on", "next_bill_on"]).where("id", "=", connection)
        .executeTakeFirstOrThrow()
    );
    await set({ activated_on: null, next_bill_on: Temporal.PlainDate.from("2026-02-10") });
    await issueBills(isp.context, isp.tenantId, isp.actor, {
      businessOn: Temporal.PlainDate.from("2026-02-10"),
      trigger: "manual",
    });
    const mended = await owner.post(`/admin/decisions/${connection}/mend`, { day: "2026-01-01", plan: "" });
    assert.equal(await undo(owner, mended.location), "/admin?done=undone");
    const back = await one<{ day: string | null }>(
      scene,
      `select activated_on::text as day from subscriptions where id = '${connection}'`,
    );
    assert.equal(back.day, null);
    await set({ ...begun });
    assert.deepEqual(await isp.run(checkInvariants), []);
    assert.equal(await isp.run(findBrokenAuditEntry), null);
  });
});
