import { isBefore } from "@/shared/calendar/mod.ts";
import { type Coded, parseCoded } from "@/shared/codes/mod.ts";
import { findSystemLog } from "@/web/store/access/system_log.ts";
import type { ModeChangeRow } from "@/web/store/billing/mode_changes.ts";
import type { PayerChangeRow } from "@/web/store/billing/payer_changes.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import type { SubscriptionRow } from "@/web/store/subscribers/subscriptions.ts";
import { NOTED_HOURS } from "./each_apart.ts";
import { whyNotPrepaid } from "./mode_effect.ts";
import { whyNotNewPayer } from "./payer_effect.ts";

interface Now {
  today: Temporal.PlainDate;
  now: Temporal.Instant;
}

/** Why a planned change to prepaid whose day has come is not made; null: its day has not come, or nothing is known. */
export async function whyModeWaits(
  trx: TenantTransaction,
  { subscription_id: id, effective_on, unused }: Pick<
    ModeChangeRow,
    "subscription_id" | "effective_on" | "unused"
  >,
  { today, now }: Now,
): Promise<Coded | null> {
  if (isBefore(today, effective_on)) return null;
  return await whyNotPrepaid(trx, id, { on: today, unused, waits: true }) ??
    await wentWrong(trx, { event: "mode_not_changed", id, now });
}

/** Why a planned change of payer whose day has come is not made; null as above. */
export async function whyPayerWaits(
  trx: TenantTransaction,
  connection: Pick<SubscriptionRow, "id" | "status">,
  { effective_on }: Pick<PayerChangeRow, "effective_on">,
  { today, now }: Now,
): Promise<Coded | null> {
  if (isBefore(today, effective_on)) return null;
  return await whyNotNewPayer(trx, connection) ??
    await wentWrong(trx, { event: "payer_not_changed", id: connection.id, now });
}

/** What the night noted: it tries again every minute, and notes the same trouble once. */
async function wentWrong(
  trx: TenantTransaction,
  { event, id, now }: { event: string; id: string; now: Temporal.Instant },
): Promise<Coded | null> {
  const since = now.subtract({ hours: 2 * NOTED_HOURS });
  return parseCoded(await findSystemLog(trx, { event, subscriptionId: id, since }) ?? "");
}
