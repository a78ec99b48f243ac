import assert from "node:assert/strict";
import { createIsp, liveUntil, pay, todayOf } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { paperOfBill } from "@/web/services/statements/make_statement.ts";
import { listAllAccountLines } from "@/web/store/billing/account_lines.ts";
import { sumAging } from "@/web/store/billing/aging.ts";
import { findBill } from "@/web/store/billing/bills.ts";
import { countBillsByStatus, listBills } from "@/web/store/billing/bills_page.ts";
import { limitToSites, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { listRemindable } from "@/web/store/mail/remind.ts";
import { countSubscribers } from "@/web/store/subscribers/subscribers_page.ts";
import { splitSites } from "./_two_sites.ts";

/** Decision 0071: an account is one. Who sees one connection of a payer sees all their bills, and not the other connection. */
Deno.test("a payer with connections at two sites has one account, in list, page, figures, file and statement, from either site", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const { first, second } = await splitSites(isp);
  // Odd subscribers are at the first site, even ones at the second: the first pays for one at each.
  const [payer = ""] = isp.subscriberIds;
  const [here = "", there = ""] = isp.subscriptionIds;
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: payer, is_exempt: true }).where("id", "=", there)
      .execute()
  );
  await liveUntil(isp, "2026-02-03T10:00");
  await pay(isp, 0, 700);
  await liveUntil(isp, "2026-03-20T10:00");
  const today = todayOf(isp);
  const as = <T>(siteIds: readonly string[] | null, work: (trx: TenantTransaction) => Promise<T>) =>
    withTenant(
      siteIds === null ? database.db : limitToSites(database.db, siteIds),
      isp.tenantId,
      work,
      { readOnly: true },
    );
  const links = new PublicLinks({ secret: new Uint8Array(32), publicUrl: "http://linya.test" });
  const account = async (trx: TenantTransaction) => {
    const { rows } = await listBills(trx, { subscriberId: payer }, { limit: 50 });
    const counts = await countBillsByStatus(trx, { subscriberId: payer }, today);
    const ids = rows.map((bill) => bill.id);
    const details = await Promise.all(ids.map((id) => findBill(trx, id)));
    const papers = [];
    for (const bill of details) {
      assert.ok(bill !== null, "every bill of the list has its page");
      papers.push(await paperOfBill(trx, { links }, bill));
    }
    assert.equal(
      counts.reduce((sum, row) => sum + row.count, 0),
      rows.length,
      "the list has what is counted",
    );
    return {
      bills: rows.map(({ plan_name: _, ppp_name: __, ...bill }) => bill),
      counts: counts.toSorted((a, b) => a.status < b.status ? -1 : 1),
      lines: await listAllAccountLines(trx, { subscriberId: payer }),
      papers,
      remindable: (await listRemindable(trx, ids, today)).map(({ id, reason }) => ({ id, reason })),
    };
  };
  const whole = await as(null, account);
  assert.ok(whole.bills.length >= 4, `${whole.bills.length} bills`);
  assert.equal(whole.remindable.length, whole.bills.length);
  for (const site of [first, second]) assert.deepEqual(await as([site], account), whole);

  const owed = whole.counts.reduce((sum, row) => sum + row.owedCentavos, 0n);
  const others = { [first]: [2], [second]: [3] };
  for (const site of [first, second]) {
    const [aging, rows, counted] = await as([site], (trx) =>
      Promise.all([
        sumAging(trx, { on: today, isPast: false }),
        countSubscribers(trx, {}, { today, now: isp.clock.now() }),
        countBillsByStatus(trx, {}, today),
      ]));
    const rest = await isp.run((trx) =>
      countBillsByStatus(trx, { subscriberId: isp.subscriberIds[others[site]![0]!]! }, today)
    );
    const all = owed + rest.reduce((sum, row) => sum + row.owedCentavos, 0n);
    const sums = [
      aging.amounts.total,
      rows.balanceCentavos,
      counted.reduce((sum, row) => sum + row.owedCentavos, 0n),
    ];
    assert.deepEqual(sums, [all, all, all], "aging, subscribers and bills owe the same");
  }

  const app = await createWebApp({ ...isp.context, press: new StatementPress(), links });
  const owner = await app.signIn(isp.tenantId, PERMISSIONS);
  const hidden = { [first]: "user2", [second]: "user1" };
  const ofConnection = { [first]: there, [second]: here };
  for (const site of [first, second]) {
    const clerk = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [site] });
    const list = await clerk.get(`/admin/bills?subscriber=${payer}`);
    for (const bill of whole.bills) {
      assert.ok(list.html.includes(`/admin/bills/${bill.id}`), `${bill.number} is on the list`);
      const page = await clerk.get(`/admin/bills/${bill.id}`);
      assert.equal(page.status, 200);
      const names = page.text.includes(hidden[site]!);
      assert.equal(names, false, "the connection at the other site is not named");
    }
    assert.equal(list.text.includes(hidden[site]!), false);
    assert.equal((await clerk.get(`/admin/subscribers/${payer}`)).text.includes(hidden[site]!), false);
    const file = await clerk.get(`/admin/bills.csv?subscriber=${payer}`);
    const ownersFile = await owner.get(`/admin/bills.csv?subscriber=${payer}`);
    assert.deepEqual([file.status, ownersFile.status], [200, 200]);
    const columns = ownersFile.html.split("\n")[0]!.split(",");
    const leaves = (text: string) =>
      text.trim().split("\n").map((line) =>
        line.split(",").filter((_, i) => !/^"(Plan|PPPoE user)"/.test(columns[i]!)).join(",")
      );
    assert.deepEqual(leaves(file.html), leaves(ownersFile.html));
    assert.equal(file.html.includes(hidden[site]!), false);
    const other = whole.bills.find((bill) => bill.subscription_id === ofConnection[site]);
    assert.ok(other !== undefined);
    const statement = await clerk.get(`/admin/bills/${other.id}/statement.pdf`);
    assert.equal(statement.status, 200);
  }
});
