import { type Kysely, sql } from "kysely";
import { uuidv7 } from "@/shared/ids.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";

/**
 * What a plain program does: for each connection a transaction that reads it and its plan, asks whether the bill
 * exists and whether there is credit, takes a number, and inserts the same rows as ours one after the other: bill,
 * line, charged period and books.
 *
 * @returns milliseconds for all of them
 */
export async function billOneByOne(
  db: Kysely<Database>,
  isp: Isp,
  subscriptionIds: readonly string[],
  businessOn: Temporal.PlainDate,
): Promise<number> {
  const now = isp.clock.now();
  const startedAt = performance.now();
  for (const subscriptionId of subscriptionIds) {
    await withTenant(db, isp.tenantId, async (trx) => {
      const tenant_id = isp.tenantId;
      const subscription = await trx.selectFrom("subscriptions").selectAll().where(
        "tenant_id",
        "=",
        tenant_id,
      )
        .where("id", "=", subscriptionId).forUpdate().executeTakeFirstOrThrow();
      const plan = await trx.selectFrom("plans").selectAll().where("tenant_id", "=", tenant_id)
        .where("id", "=", subscription.plan_id).executeTakeFirstOrThrow();
      const start = subscription.billed_through_on ?? businessOn.subtract({ months: 1 });
      const known = await trx.selectFrom("bills").select("id").where("tenant_id", "=", tenant_id)
        .where("subscription_id", "=", subscriptionId).where("period_start", "=", start).executeTakeFirst();
      if (known !== undefined) return;
      const { credit } = await trx.selectFrom("credit_sources")
        .select((row) => row.fn.coalesce(row.fn.sum<bigint>("amount_centavos"), sql<bigint>`0`).as("credit"))
        .where("tenant_id", "=", tenant_id).where("subscriber_id", "=", subscription.subscriber_id)
        .where("ended_at", "is", null).executeTakeFirstOrThrow();
      if (BigInt(credit) > 0n) throw new Error("Cannot measure: this loop has no credit to pay with");
      const { rows } = await sql<{ next_value: bigint }>`
        insert into number_series (tenant_id, series, prefix, pad, next_value) values (${tenant_id}, 'bill', 'SOA-', 6, 2)
        on conflict (tenant_id, series) do update set next_value = number_series.next_value + 1 returning next_value`
        .execute(trx);
      const number = `SOA-${String(rows[0]?.next_value).padStart(6, "0")}`;
      const [billId, transactionId] = [uuidv7(now.epochMilliseconds), uuidv7(now.epochMilliseconds)];
      await trx.insertInto("bills").values({
        tenant_id,
        id: billId,
        subscriber_id: subscription.subscriber_id,
        subscription_id: subscriptionId,
        number,
        status: "issued",
        period_start: start,
        period_end: businessOn,
        issued_on: businessOn,
        due_on: businessOn.add({ days: 7 }),
        grace_days: 5,
        total_centavos: plan.price_centavos,
        run_id: null,
        created_at: now,
      }).execute();
      await trx.insertInto("bill_lines").values({
        tenant_id,
        bill_id: billId,
        line_no: 1,
        kind: "recurring",
        description: `${plan.name}, ${start} to ${businessOn}`,
        period_start: start,
        period_end: businessOn,
        amount_centavos: plan.price_centavos,
        subscription_id: subscriptionId,
      }).execute();
      await trx.insertInto("charged_periods").values({
        tenant_id,
        subscription_id: subscriptionId,
        period_start: start,
        period_end: businessOn,
        state: "billed",
        bill_id: billId,
        plan_name: plan.name,
        price_centavos: plan.price_centavos,
        anchor_day: start.day,
        proration: "actual",
        is_in_full: true,
        suspended_policy: "charge",
        first_billed_on: businessOn,
        created_at: now,
      }).execute();
      const leg = { tenant_id, transaction_id: transactionId };
      await trx.with("head", (db) =>
        db.insertInto("ledger_transactions").values({
          tenant_id,
          id: transactionId,
          kind: "bill_issued",
          business_on: businessOn,
          recorded_at: now,
          bill_id: billId,
          source_id: null,
          description: `Bill ${number}`,
          actor: "Loop",
        })).insertInto("ledger_entries").values([
          {
            ...leg,
            line_no: 1,
            account: "receivable",
            subscriber_id: subscription.subscriber_id,
            amount_centavos: plan.price_centavos,
          },
          {
            ...leg,
            line_no: 2,
            account: "revenue:recurring",
            subscriber_id: null,
            amount_centavos: -plan.price_centavos,
          },
        ]).execute();
      await trx.updateTable("subscriptions")
        .set({ billed_through_on: businessOn, next_bill_on: businessOn.add({ months: 1 }) })
        .where("tenant_id", "=", tenant_id).where("id", "=", subscriptionId).execute();
    });
  }
  return performance.now() - startedAt;
}
