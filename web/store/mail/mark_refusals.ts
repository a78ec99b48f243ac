import { sql } from "kysely";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An address that a server would not have. */
export interface NewRefusal {
  address: string;
  kind: "hard" | "soft";
  source: "server" | "report";
  /** RFC 3463. */
  status: string | null;
  words: string;
  messageId: string | null;
  at: Temporal.Instant;
}

/** Takes back what was marked for these messages: the server refused everybody. */
export async function unmarkRefusals(trx: TenantTransaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await trx.deleteFrom("mail_refusals").where("tenant_id", "=", trx.tenantId).where("source", "=", "server")
    .where("message_id", "in", messageIds).execute();
}

/** Marks addresses; a soft refusal leaves a hard one as it is. */
export async function upsertRefusals(trx: TenantTransaction, refusals: readonly NewRefusal[]): Promise<void> {
  // One statement may touch a row once: of several for an address the last one counts, a hard one before all.
  const byAddress = new Map<string, NewRefusal>();
  for (const refusal of refusals) {
    const key = refusal.address.toLowerCase();
    if (refusal.kind === "hard" || byAddress.get(key)?.kind !== "hard") byAddress.set(key, refusal);
  }
  if (byAddress.size === 0) return;
  const rows = [...byAddress.values()].map((refusal) => ({
    address: refusal.address,
    kind: refusal.kind,
    source: refusal.source,
    status: refusal.status,
    words: refusal.words,
    message_id: refusal.messageId,
    refused_at: refusal.at.toString(),
  }));
  await sql`
    insert into mail_refusals as f (tenant_id, address_lower, kind, source, status, words, message_id, refused_at)
    select ${trx.tenantId}::uuid, lower(r.address), r.kind, r.source, r.status, r.words, r.message_id, r.refused_at
    from jsonb_to_recordset(${
    toRecordset(rows)
  }::jsonb) as r(address text, kind text, source text, status text,
      words text, message_id uuid, refused_at timestamptz)
    on conflict (tenant_id, address_lower) do update set kind = excluded.kind, source = excluded.source,
      status = excluded.status, words = excluded.words, message_id = excluded.message_id,
      refused_at = excluded.refused_at
      where not (f.kind = 'hard' and excluded.kind = 'soft')`.execute(trx);
}
