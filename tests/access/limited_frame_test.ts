import assert from "node:assert/strict";
import { uuidv7 } from "@/shared/ids.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { connectAgent } from "@/tests/support/agent_presence.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { insertSomeRequests } from "@/tests/support/some_requests.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { findSession } from "@/web/store/access/sessions.ts";
import { limitToSites, type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { insertImportBatch } from "@/web/store/imports/import_batches.ts";
import { type ShellCounts, shellCounts } from "@/web/store/live/shell.ts";
import { countAtSites } from "@/web/store/live/site_counts.ts";
import { splitSites } from "./_two_sites.ts";

/** One site with an agent that is online, one with one that is not; of all that a frame counts something at each. */
async function fillBoth(trx: TenantTransaction, isp: Isp, second: string): Promise<void> {
  const at = isp.clock.now();
  const today = at.toZonedDateTimeISO(isp.zone).toPlainDate();
  const agent = await trx.selectFrom("agents").selectAll().where("tenant_id", "=", isp.tenantId)
    .executeTakeFirstOrThrow();
  await connectAgent(trx, isp);
  await trx.insertInto("agents").values({
    ...agent,
    id: uuidv7(at.epochMilliseconds),
    site_id: second,
    name: "San Roque",
    identity_public_key: new Uint8Array(32).fill(1),
    install_id: "second",
  }).execute();
  for (const router_id of isp.routerIds) {
    const id = uuidv7(at.epochMilliseconds);
    await insertImportBatch(trx, { id, router_id, command_id: null, created_by: "Ana", created_at: at });
    await trx.updateTable("import_batches").set({ status: "review" }).where("id", "=", id).execute();
  }
  // Of a site; of somebody who has connections at both; of somebody at the second; of nobody.
  const wanted = [
    { site_id: second, subscriber_id: isp.subscriberIds[0]! },
    { site_id: null, subscriber_id: isp.subscriberIds[0]! },
    { site_id: null, subscriber_id: isp.subscriberIds[1]! },
    { site_id: null, subscriber_id: null },
  ];
  for (const of of wanted) await insertSomeRequests(trx, { at, today }, of);
  await trx.updateTable("subscriptions").set({ subscriber_id: isp.subscriberIds[0]! })
    .where("id", "=", isp.subscriptionIds[3]!).execute();
}

/** Kinds that are counted one by one and those that are counted together are the same. */
function summed({ requests_open: open, ...counts }: ShellCounts) {
  const requests = new Map<string, number>();
  for (const { kind, askedById, count } of open) {
    requests.set(`${kind} ${askedById}`, (requests.get(`${kind} ${askedById}`) ?? 0) + count);
  }
  return { ...counts, requests: [...requests].sort() };
}

Deno.test("the frame of who is limited counts what a limited transaction counts, for each of their sites and for both", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 4 });
  const { first, second } = await splitSites(isp);
  await isp.run((trx) => fillBoth(trx, isp, second));
  const app = await createWebApp(isp.context);
  const freshAfter = isp.clock.now().subtract({ milliseconds: OFFLINE_AFTER_MS });
  const frameOf = ({ staffUserId }: PageUser) =>
    isp.run(async (trx) => {
      const { id } = await trx.selectFrom("sessions").select("id").where("staff_user_id", "=", staffUserId)
        .executeTakeFirstOrThrow();
      const session = await findSession(trx, id, freshAfter);
      assert.ok(session !== null);
      return session.frame;
    });
  const owner = await frameOf(await app.signIn(isp.tenantId, "Owner"));
  assert.equal(owner.atSites, null, "who is not limited reads nothing by site");
  const of = { first: [first], second: [second], both: [first, second], none: [] };
  const counted = new Set<string>();
  for (const [name, siteIds] of Object.entries(of)) {
    const { counts, atSites } = await frameOf(await app.signIn(isp.tenantId, "Owner", { siteIds }));
    const seen = await withTenant(limitToSites(database.db, siteIds), isp.tenantId, async (trx) => {
      const row = await trx.selectFrom("tenants").select(shellCounts(isp.tenantId, freshAfter).as("counts"))
        .where("id", "=", isp.tenantId).executeTakeFirstOrThrow();
      return row.counts;
    }, { readOnly: true });
    assert.deepEqual(summed(countAtSites(counts, atSites, siteIds)), summed(seen), name);
    counted.add(JSON.stringify(seen));
  }
  assert.equal(counted.size, 4, "each sees something else");
  const both = await frameOf(await app.signIn(isp.tenantId, "Owner", { siteIds: [first, second] }));
  const one = await frameOf(await app.signIn(isp.tenantId, "Owner", { siteIds: [first] }));
  assert.deepEqual(
    summed(countAtSites(both.counts, both.atSites, [first])),
    summed(countAtSites(one.counts, one.atSites, [first])),
    "a page that counts at one of two sites",
  );
});
