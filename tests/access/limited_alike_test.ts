import assert from "node:assert/strict";
import { createIsp, type Isp, liveUntil, pay } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { splitSites } from "./_two_sites.ts";

/** Lists, figures and pages on which a thing of another site could stand in for one that looks like it. */
const PAGES = [
  "/admin",
  "/admin/reports/aging",
  "/admin/bills",
  "/admin/bills.csv",
  "/admin/reports/collections",
  "/admin/find?q=user1",
  "/admin/mail.csv",
  "/admin/memos.csv",
  "/admin/payments",
  "/admin/payments.csv",
  "/admin/sites",
  "/admin/subscribers",
  "/admin/subscribers.csv",
  "/admin/subscribers?q=user1",
  "/admin/subscribers?sort=-balance",
  "/admin/tonight",
  "/admin/tonight.csv",
];

/** What none of it moves at either site: where a search leads, memos, and a night on which nobody is cut. */
const UNMOVED = [
  "/admin/find?q=user1",
  "/admin/memos.csv",
  "/admin/sites",
  "/admin/tonight",
  "/admin/tonight.csv",
];

/** The second subscriber and the fourth are, name for name and user for user, the first and the third, on another router. */
async function makeAlike(isp: Isp): Promise<void> {
  await isp.run(async (trx) => {
    for (const n of [0, 2]) {
      const one = await trx.selectFrom("subscribers").select("name").where("id", "=", isp.subscriberIds[n]!)
        .executeTakeFirstOrThrow();
      await trx.updateTable("subscribers").set(one).where("id", "=", isp.subscriberIds[n + 1]!).execute();
      await trx.updateTable("subscriptions").set({ ppp_name: `user${n + 1}` })
        .where("id", "=", isp.subscriptionIds[n + 1]!).execute();
    }
    for (const [i, routerId] of isp.routerIds.entries()) {
      await trx.insertInto("observed_secrets").values([1, 3].map((n) => ({
        tenant_id: isp.tenantId,
        router_id: routerId,
        ppp_name: `user${n}`,
        ppp_service: "pppoe" as const,
        profile: "50M",
        is_disabled: i === 1,
        is_online: i === 0,
        is_present: true,
        observed_at: isp.clock.now(),
      }))).execute();
    }
  });
}

/** Money, a bill taken back, and all that is known of the second router. */
async function befall(isp: Isp): Promise<void> {
  await pay(isp, 1, 300);
  const bill = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("subscription_id", "=", isp.subscriptionIds[3]!)
      .executeTakeFirstOrThrow()
  );
  assertOk(
    await voidBill(isp.context, isp.tenantId, isp.actor, {
      billId: bill.id,
      reason: "Wrong",
      periods: "never",
    }),
  );
  await isp.run(async (trx) => {
    const [, routerId = ""] = isp.routerIds;
    await trx.updateTable("subscriptions").set({ is_exempt: true }).where("router_id", "=", routerId)
      .execute();
    await trx.updateTable("observed_secrets").set({ is_disabled: false, is_online: true, profile: "10M" })
      .where("router_id", "=", routerId).execute();
  });
}

async function look(user: PageUser, isp: Isp, n: 0 | 1): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  const own = [`/admin/subscribers/${isp.subscriberIds[n]}`, `/admin/routers/${isp.routerIds[n]}`];
  for (const path of [...PAGES, ...own]) {
    const page = await user.get(path);
    // A search that finds one leads to it.
    assert.equal(page.status, path.startsWith("/admin/find") ? 303 : 200, path);
    seen[path] = page.location + page.text;
  }
  return seen;
}

Deno.test("what happens to somebody's look-alike at another site changes no page of who does not see it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const { first, second } = await splitSites(isp);
  await makeAlike(isp);
  await liveUntil(isp, "2026-02-03T10:00");
  await pay(isp, 0, 400);
  const app = await createWebApp(isp.context);
  const [one, two] = [
    await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [first] }),
    await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [second] }),
  ];
  const [before, others] = [await look(one, isp, 0), await look(two, isp, 1)];
  await befall(isp);
  assert.deepEqual(await look(one, isp, 0), before);
  const after = await look(two, isp, 1);
  // At the other site it is seen: most of what stays as it is above could have changed.
  for (const path of PAGES.filter((one) => !UNMOVED.includes(one))) {
    assert.notEqual(after[path], others[path], `${path} of the other site has changed`);
  }
});
