import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { inBooks, must, type Seed } from "./books.ts";

/** Somebody was without service for days: credit for it, a part of which is paid back as they ask for it. */
export async function giveBack(seed: Seed, daysAgo: number): Promise<void> {
  const { context, tenantId, owner } = seed;
  const id = await inBooks(seed, async (trx) => {
    const { rows } = await sql<{ id: string }>`
      select s.id from subscribers s where s.tenant_id = ${tenantId}
        and exists (select from bills b where b.tenant_id = s.tenant_id and b.subscriber_id = s.id)
        and not exists (select from bills b where b.tenant_id = s.tenant_id and b.subscriber_id = s.id
          and b.status = 'issued' and b.paid_centavos < b.total_centavos)
        and not exists (select from credit_sources c where c.tenant_id = s.tenant_id and c.subscriber_id = s.id
          and c.ended_at is null and c.used_centavos < c.amount_centavos)
      order by s.account_number limit 1`.execute(trx);
    return rows[0]?.id;
  });
  if (id === undefined) return;
  const about = { subscriberId: id, idempotencyKey: `demo-back-${daysAgo}` };
  must(
    await issueMemo(context, tenantId, owner, {
      ...about,
      kind: "outage",
      reason: "Two days without service after the storm",
      amountCentavos: centavos(15_000),
      billId: null,
    }),
  );
  must(
    await refundCredit(context, tenantId, owner, {
      ...about,
      amountCentavos: centavos(5_000),
      method: "gcash",
      reference: `90${String(daysAgo).padStart(6, "0")}`,
      reason: "Asked for a part in money",
    }),
  );
}
