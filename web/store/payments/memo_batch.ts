import { sql } from "kysely";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A memo of a batch. */
export interface BatchMemo {
  id: string;
  subscriber_id: string;
  number: string;
  kind: "outage";
  reason: string;
  amount_centavos: bigint;
  vat_centavos: bigint;
  bill_id: string | null;
  idempotency_key: string;
  request_hash: string;
}

/** Adds memos with their sources of credit. */
export async function insertMemoBatch(
  trx: TenantTransaction,
  memos: readonly BatchMemo[],
  given: { at: Temporal.Instant; businessOn: Temporal.PlainDate; by: string; staffUserId: string | null },
): Promise<void> {
  const { at, businessOn, by, staffUserId } = given;
  await sendSqlAhead(
    trx,
    sql`
    with memo as (
      insert into credit_memos (tenant_id, id, subscriber_id, number, kind, reason, amount_centavos, vat_centavos, bill_id, issued_on,
        recorded_at, recorded_by, staff_user_id, idempotency_key, request_hash)
      select ${trx.tenantId}::uuid, r.id, r.subscriber_id, r.number, r.kind, r.reason, r.amount_centavos, r.vat_centavos, r.bill_id,
        ${businessOn}::date, ${at}::timestamptz, ${by}::text, ${staffUserId}::uuid, r.idempotency_key, r.request_hash
      from jsonb_to_recordset(${
      toRecordset(memos)
    }::jsonb) as r(id uuid, subscriber_id uuid, number text, kind text,
        reason text, amount_centavos bigint, vat_centavos bigint, bill_id uuid, idempotency_key text, request_hash text)
      returning id, subscriber_id, number, amount_centavos)
    insert into credit_sources (tenant_id, id, subscriber_id, kind, number, amount_centavos, received_on, created_at)
    select ${trx.tenantId}::uuid, id, subscriber_id, 'memo', number, amount_centavos, ${businessOn}::date, ${at}::timestamptz
    from memo`,
  );
}
