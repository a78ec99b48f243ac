import { insertMessages } from "@/web/store/mail/messages.ts";
import { insertMailBatch } from "@/web/store/mail/remind.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";

/** A message about the first bill of somebody and a batch of reminders, as rows: what they mean is tested elsewhere. */
export async function insertSomeMail(
  trx: TenantTransaction,
  { at, today }: { at: Temporal.Instant; today: Temporal.PlainDate },
): Promise<{ mail: string; reminders: string }> {
  const [mail, reminders] = [crypto.randomUUID(), crypto.randomUUID()];
  // Of the first subscriber: which of them has the first number is chance.
  const bill = await trx.selectFrom("bills as b")
    .innerJoin(
      "subscribers as s",
      (on) => on.onRef("s.tenant_id", "=", "b.tenant_id").onRef("s.id", "=", "b.subscriber_id"),
    )
    .select(["b.id", "b.subscriber_id"])
    .where("b.tenant_id", "=", trx.tenantId).where("b.status", "=", "issued").orderBy("s.account_number")
    .executeTakeFirstOrThrow();
  await insertMessages(
    trx,
    [{
      id: mail,
      occasion: "bill_issued",
      dedupeKey: `test:${mail}`,
      subscriberId: bill.subscriber_id,
      billId: bill.id,
    }],
    { at, businessOn: today, by: "Scheduler" },
  );
  await insertMailBatch(trx, {
    occasion: "reminder",
    is_again: false,
    id: reminders,
    bill_ids: [bill.id],
    total: 1,
    created_at: at,
    created_on: today,
    created_by: "Ana",
  });
  return { mail, reminders };
}
