import type { SkipReason } from "@/web/domain/mail/types.ts";
import { type CutCandidate, listCutCandidates } from "@/web/store/cuts/cut_candidates.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type NoticeToCheck, readWhyNot } from "@/web/store/mail/why_not.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { BusinessMoment } from "../business_clock.ts";

/**
 * Why a message is not to be sent any more; null: it goes. Asked when it is about to be sent: between its occasion and now
 * somebody may have paid, a bill may be void, an address refused.
 */
export async function whyNot(
  trx: TenantTransaction,
  tenant: TenantRow,
  message: { id: string },
  business: BusinessMoment,
): Promise<SkipReason | null> {
  return (await whyNotEach(trx, tenant, [message.id], business)).get(message.id) ?? null;
}

/** The same of many at once: those that are not to be sent, and why. */
export async function whyNotEach(
  trx: TenantTransaction,
  tenant: TenantRow,
  ids: readonly string[],
  { today, instant }: BusinessMoment,
): Promise<Map<string, SkipReason>> {
  const { why, notices } = await readWhyNot(trx, ids, today);
  if (notices.length === 0) return why;
  const candidates = await listCutCandidates(trx, tenant, today, {
    subscriptionIds: notices.map((notice) => notice.subscription_id),
    isInAnyOrder: true,
    now: instant.subtract({ seconds: Number(tenant.business_offset_seconds) }),
  });
  const rows = new Map(candidates.map((row) => [row.subscription_id, row]));
  for (const notice of notices) {
    const reason = whyNoNotice(notice, rows.get(notice.subscription_id));
    if (reason !== null) why.set(notice.id, reason);
  }
  return why;
}

/** A notice names a day and a debt: it goes while both are as it says, to who still pays for the connection. */
function whyNoNotice(notice: NoticeToCheck, row: CutCandidate | undefined): SkipReason | null {
  if (row === undefined || row.is_cut) return "no_longer_true";
  const isSame = row.cutOn?.equals(notice.cut_on) === true && row.debt === notice.debt;
  if (isSame && row.subscriber_id === notice.subscriber_id) return null;
  if (row.decision === "disputed") return "bill_disputed";
  if (row.decision === "paid" || row.decision === "below_minimum" || row.debt !== notice.debt) {
    return "paid_meanwhile";
  }
  return "no_longer_true";
}
