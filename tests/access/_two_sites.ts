import { uuidv7 } from "@/shared/ids.ts";
import type { Isp } from "@/tests/billing/isp.ts";

/** Puts the second router at a site of its own. */
export async function splitSites(isp: Isp): Promise<{ first: string; second: string }> {
  const second = uuidv7(isp.clock.now().epochMilliseconds);
  return await isp.run(async (trx) => {
    const { id: first } = await trx.selectFrom("sites").select("id").executeTakeFirstOrThrow();
    await trx.insertInto("sites").values({ tenant_id: trx.tenantId, id: second, name: "San Roque" })
      .execute();
    await trx.updateTable("routers").set({ site_id: second }).where("id", "=", isp.routerIds[1]!).execute();
    return { first, second };
  });
}

/** Lets the first subscriber, who is at the first site, pay for the second connection, which is at the other, as well. */
export async function payAtBoth(isp: Isp): Promise<{ payer: string; there: string }> {
  const [payer = ""] = isp.subscriberIds;
  const [, there = ""] = isp.subscriptionIds;
  await isp.run((trx) =>
    trx.updateTable("subscriptions").set({ subscriber_id: payer }).where("id", "=", there).execute()
  );
  return { payer, there };
}

/** Accounts that have no connection at the second router. */
export async function listHidden(isp: Isp): Promise<{ id: string; name: string }[]> {
  return await isp.run(async (trx) => {
    const rows = await trx.selectFrom("subscribers as s").select(["s.id", "s.name"])
      .where(({ not, exists, selectFrom }) =>
        not(exists(
          selectFrom("subscriptions as c").select("c.id").whereRef("c.subscriber_id", "=", "s.id")
            .where("c.router_id", "=", isp.routerIds[1]!),
        ))
      ).orderBy("s.id").execute();
    return rows;
  });
}
