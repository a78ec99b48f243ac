import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { isBlocked } from "@/web/services/privacy/blockers.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { type ErasureBlockers, readBlockers, readErasureFigures } from "@/web/store/privacy/erasures.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

/** What the page of an erasure shows. */
export async function loadErasure(trx: TenantTransaction, subscriberId: string) {
  const person = found(await findSubscriber(trx, subscriberId));
  const blockers = await readBlockers(trx, subscriberId);
  return {
    person,
    blockers,
    waits: isBlocked(blockers),
    figures: await readErasureFigures(trx, subscriberId),
    tenant: await getTenant(trx),
  };
}

/** What stands against an erasure, a line each. */
export function blockerWords(t: Translate, blockers: ErasureBlockers): string[] {
  const { live, owed_centavos: owed, credit_centavos: credit, disputes, requests } = blockers;
  return [
    ...(live > 0 ? [t("privacy.waits_live", { n: live })] : []),
    ...(owed !== 0n ? [t("privacy.waits_owed", { amount: formatPeso(centavos(owed)) })] : []),
    ...(credit !== 0n ? [t("privacy.waits_credit", { amount: formatPeso(centavos(credit)) })] : []),
    ...(disputes > 0 ? [t("privacy.waits_disputes", { n: disputes })] : []),
    ...(blockers.payer_changes > 0 ? [t("privacy.waits_payer")] : []),
    ...(requests > 0 ? [t("privacy.waits_requests", { n: requests })] : []),
  ];
}
