import type { Insertable, Selectable } from "kysely";
import type { FirstPurchasesTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A purchase whose days begin with the service. */
export type FirstPurchaseRow = Omit<Selectable<FirstPurchasesTable>, "tenant_id">;

const COLUMNS = [
  "id",
  "subscription_id",
  "plan_id",
  "unit",
  "count",
  "quantity",
  "price_centavos",
  "made_at",
  "made_by",
] as const;

/** What a connection buys when its service begins; null: nothing is agreed. */
export async function findFirstPurchase(
  trx: TenantTransaction,
  subscriptionId: string,
): Promise<FirstPurchaseRow | null> {
  return await trx.selectFrom("first_purchases").select(COLUMNS).where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).executeTakeFirst() ?? null;
}

/** What the other connections of a subscriber buy when their service begins: their money has bought nothing yet. */
export async function listFirstPurchasesBeside(
  trx: TenantTransaction,
  { subscriberId, subscriptionId }: { subscriberId: string; subscriptionId: string },
): Promise<Pick<FirstPurchaseRow, "price_centavos" | "quantity">[]> {
  return await trx.withSchema("public").selectFrom("first_purchases as f")
    .innerJoin(
      "subscriptions as c",
      (on) => on.onRef("c.tenant_id", "=", "f.tenant_id").onRef("c.id", "=", "f.subscription_id"),
    )
    .select(["f.price_centavos", "f.quantity"]).where("f.tenant_id", "=", trx.tenantId)
    .where("c.subscriber_id", "=", subscriberId).where("c.id", "<>", subscriptionId).execute();
}

/** Puts this in place of what the connection was to buy. */
export async function replaceFirstPurchase(
  trx: TenantTransaction,
  purchase: Omit<Insertable<FirstPurchasesTable>, "tenant_id">,
): Promise<void> {
  await deleteFirstPurchase(trx, purchase.subscription_id);
  await trx.insertInto("first_purchases").values({ ...purchase, tenant_id: trx.tenantId }).execute();
}

/** It is bought, or nothing is to be bought any more. */
export async function deleteFirstPurchase(trx: TenantTransaction, subscriptionId: string): Promise<void> {
  await trx.deleteFrom("first_purchases").where("tenant_id", "=", trx.tenantId)
    .where("subscription_id", "=", subscriptionId).execute();
}
