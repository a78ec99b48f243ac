import { sql } from "kysely";
import type { CreditMemosTable } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A live memo of a bill, and what it paid of one of its lines. */
export interface MemoShareRow {
  number: string;
  kind: CreditMemosTable["kind"];
  amount_centavos: bigint;
  /** Null: it paid nothing of this bill. */
  line_no: number | null;
  paid_centavos: bigint;
}

/** The live memos that were given to a bill, by number, once for each line that they paid. */
export async function listMemoShares(trx: TenantTransaction, billId: string): Promise<MemoShareRow[]> {
  const { rows } = await sql<MemoShareRow>`
    select m.number, m.kind, m.amount_centavos, a.line_no, coalesce(sum(a.amount_centavos), 0)::bigint as paid_centavos
    from credit_memos m
    left join allocations a on a.tenant_id = m.tenant_id and a.source_id = m.id and a.bill_id = m.bill_id
      and a.released_at is null
    where m.tenant_id = ${trx.tenantId} and m.bill_id = ${billId} and m.voided_at is null
    group by m.number, m.kind, m.amount_centavos, a.line_no
    order by length(m.number), m.number collate "C", a.line_no`.execute(trx);
  return rows;
}
