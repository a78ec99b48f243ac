import { sql } from "kysely";
import { until } from "@/tests/support/until.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { orderFirstPurchase } from "@/web/services/billing/order_first_purchase.ts";
import { savePrepaidUnits } from "@/web/services/billing/save_prepaid_units.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { addConnection, type AddedConnection } from "@/web/services/subscribers/add_connection.ts";
import { addSubscriber } from "@/web/services/subscribers/add_subscriber.ts";
import { removeConnection } from "@/web/services/subscribers/remove_connection.ts";
import { countRows, inBooks, must, type Seed } from "./books.ts";
import { CORE } from "./demo_data.ts";

const CONTACT = { email: null, address: "Purok 4, Poblacion", notes: null };
const NEWCOMERS = [
  { name: "Bituin Alcantara", phone: "0917 555 0142" },
  { name: "Isagani Villamor", phone: "0918 555 0177" },
] as const;
/** Changed their mind before the first bill, and is erased. */
export const MOVED_AWAY = { name: "Crisanto Magbanua", phone: "0920 555 0103" } as const;

/**
 * People of this week: two wait for their installation, one changed their mind before the first bill, and two have a
 * second line for their shop, whose box has dialled in.
 */
export async function welcomeNewcomers(seed: Seed): Promise<void> {
  const { context, tenantId, owner } = seed;
  const place = await inBooks(seed, async (trx) => {
    const plan = await trx.selectFrom("plans").select("id").where("tenant_id", "=", tenantId)
      .where("name", "=", "Fiber 50").executeTakeFirstOrThrow();
    const router = await trx.selectFrom("routers").select("id").where("tenant_id", "=", tenantId)
      .where("name", "=", CORE.name).executeTakeFirstOrThrow();
    return { planId: plan.id, routerId: router.id };
  });
  const connection = {
    ...place,
    pppName: "",
    secret: "make",
    activation: "first_session",
    billingDay: "anniversary",
  } as const;
  const join = async (person: { name: string; phone: string }) =>
    must(
      await addSubscriber(context, tenantId, owner, {
        ...CONTACT,
        ...person,
        ...connection,
        isDuplicateAccepted: true,
      }),
    );
  for (const person of NEWCOMERS) await join(person);
  const gone = await join(MOVED_AWAY);
  const shops: AddedConnection[] = [];
  for (const [index, subscriberId] of (await goodPayers(seed)).entries()) {
    const billingDay = index === 0 ? "prepaid" : connection.billingDay;
    shops.push(
      must(await addConnection(context, tenantId, owner, { ...connection, billingDay, subscriberId })),
    );
  }
  await untilMade(seed, [gone, ...shops]);
  must(
    await removeConnection(context, tenantId, owner, {
      subscriptionId: gone.subscriptionId,
      mayVoidBills: true,
    }),
  );
  await sellPrepaid(seed, place.planId, shops[0]);
  const sim = seed.stack.sims.get(CORE.name);
  for (const [index, { pppName }] of shops.entries()) sim?.dialer.start(pppName, `02:00:00:AA:00:0${index}`);
  const isActive = `status = 'active' and id in (${shops.map((one) => `'${one.subscriptionId}'`).join()})`;
  await until(async () => await countRows(seed, "subscriptions", isActive) === shops.length, {
    timeoutMs: 30_000,
    what: "the second lines have their first session",
  });
}

/** The first of them is paid up front, for a week from its first session on. */
async function sellPrepaid(
  seed: Seed,
  planId: string,
  shop: AddedConnection | undefined,
): Promise<void> {
  const { context, tenantId, owner } = seed;
  const units = [1, 7, 15, 30].map((count) => ({ unit: "days" as const, count, priceCentavos: null }));
  const month = { unit: "months" as const, count: 1, priceCentavos: null };
  must(await savePrepaidUnits(context, tenantId, owner, { planId, units: [...units, month] }));
  if (shop === undefined) return;
  const now = context.clock.now();
  must(
    await orderFirstPurchase(context, tenantId, owner, {
      subscriptionId: shop.subscriptionId,
      unit: "days",
      count: 7,
      quantity: 1,
      once: uuidv7(now.epochMilliseconds),
      begins: "first_session",
      payment: {
        amountCentavos: centavos(50_000n),
        method: "cash",
        receivedOn: await inBooks(
          seed,
          async (trx) => businessNow(await getTenant(trx), context.clock).today,
        ),
      },
    }),
  );
}

/** Two people who owe nothing. */
async function goodPayers(seed: Seed): Promise<string[]> {
  return await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ id: string }>`
      select s.id from subscribers s
      where s.tenant_id = ${seed.tenantId}
        and exists (select from payments p where p.tenant_id = s.tenant_id and p.subscriber_id = s.id)
        and not exists (select from bills b where b.tenant_id = s.tenant_id and b.subscriber_id = s.id
          and b.status = 'issued' and b.paid_centavos < b.total_centavos)
      order by s.account_number limit 2`.execute(trx);
    return rows.map((row) => row.id);
  });
}

/** Waits until the router has the secrets. */
async function untilMade(seed: Seed, made: readonly AddedConnection[]): Promise<void> {
  const ids = made.map((one) => `'${one.subscriptionId}'`).join();
  await until(
    async () => await countRows(seed, "subscriptions", `secret = 'made' and id in (${ids})`) === made.length,
    { timeoutMs: 30_000, what: "the router has the new secrets" },
  );
}
