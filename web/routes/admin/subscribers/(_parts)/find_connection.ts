import { type BlockReasonRow, listBlockReasons } from "@/web/store/cuts/block_reasons.ts";
import { listSubscriptionDetails, type SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { found, type PageMoment } from "@/web/app/frame/page_context.ts";

/** The connection that a form is about. */
export interface ChosenConnection {
  connection: SubscriptionDetail;
  /** Live reasons against it. */
  reasons: BlockReasonRow[];
}

/** A connection of this subscriber: the one with the id, or the only live one; 404 otherwise. */
export async function findConnection(
  trx: TenantTransaction,
  subscriberId: string,
  connectionId: string | undefined,
  moment: PageMoment,
): Promise<ChosenConnection> {
  const live = (await listSubscriptionDetails(trx, { subscriberId }, moment))
    .filter((connection) => connection.status !== "cancelled");
  const chosen = connectionId === undefined && live.length === 1
    ? live[0]
    : live.find((connection) => connection.id === connectionId);
  const connection = found(chosen);
  const reasons = await listBlockReasons(trx, connection.id);
  return { connection, reasons: reasons.filter((reason) => reason.removed_at === null) };
}
