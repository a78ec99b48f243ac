import { sql } from "kysely";
import type { SkipReason } from "@/web/domain/mail/types.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";
import { skipReason, WITH_MAIL_RULES } from "./messages.ts";

/** A notice whose cut has to be looked at by the rules of cuts. */
export interface NoticeToCheck {
  id: string;
  subscription_id: string;
  subscriber_id: string;
  cut_on: Temporal.PlainDate;
  debt: string;
}

/** What the rows say of messages that are about to be sent. */
export interface SeenMessages {
  /** Those that are not to be sent, and why. */
  why: Map<string, SkipReason>;
  /** Notices of a cut against which nothing speaks so far. */
  notices: NoticeToCheck[];
}

/**
 * Looks messages up as everything stands now: whether they can be sent, whether they are wanted, and whether what they say is
 * still so. One statement for any number of them.
 *
 * @param today business date
 */
export async function readWhyNot(
  trx: TenantTransaction,
  ids: readonly string[],
  today: Temporal.PlainDate,
): Promise<SeenMessages> {
  if (ids.length === 0) return { why: new Map(), notices: [] };
  const { rows } = await sql<
    Omit<NoticeToCheck, "cut_on"> & {
      occasion: string;
      reason: SkipReason | null;
      cut_on: Temporal.PlainDate | null;
    }
  >`
    with owed as materialized (${whatIsOwed(trx, ids)})
    select m.id, m.occasion, m.subscriber_id, m.subscription_id, ${dayIn("cutOn")} as cut_on,
      m.facts->>'debt' as debt,
      case
        when bar.reason is not null then bar.reason
        when m.occasion = 'bill_issued' then (select case when b.status = 'void' then 'bill_void'
          when b.disputed_centavos > 0 then 'bill_disputed' end
          from bills b where b.tenant_id = m.tenant_id and b.id = m.bill_id)
        when m.occasion = 'reminder' then ${reminderReason(today)}
        when ${isUntrue(today)} then 'no_longer_true'
      end as reason
    from mail_messages m join subscribers s on s.tenant_id = m.tenant_id and s.id = m.subscriber_id
      ${WITH_MAIL_RULES}
      cross join lateral (select ${skipReason(sql`m.occasion`)} as reason) bar
      left join owed on owed.id = m.id
    where m.tenant_id = ${trx.tenantId} and m.id = any(${[...ids]}::uuid[])`.execute(trx);
  const why = new Map<string, SkipReason>();
  const notices: NoticeToCheck[] = [];
  for (const { reason, occasion, cut_on, ...row } of rows) {
    if (reason !== null) why.set(row.id, reason);
    else if (occasion === "cut_notice" && cut_on !== null) notices.push({ ...row, cut_on });
  }
  return { why, notices };
}

/**
 * What became of the bills of reminders, one row each. All at once: asked for each message, the planner, which takes a list
 * in JSON for a hundred bills, read all bills for each of them.
 */
function whatIsOwed(trx: TenantTransaction, ids: readonly string[]) {
  return sql`select m.id, bool_or(b.status = 'issued' and b.paid_centavos < b.total_centavos and b.disputed_centavos = 0)
      as is_owed, bool_or(b.status = 'issued' and b.paid_centavos < b.total_centavos) as is_open,
      bool_and(b.status = 'void') as is_void
    from mail_messages m cross join lateral jsonb_array_elements_text(case when jsonb_typeof(m.facts->'billIds') = 'array'
        then m.facts->'billIds' else jsonb_build_array(m.bill_id) end) as named(id)
      join bills b on b.tenant_id = m.tenant_id and b.id = named.id::uuid
    where m.tenant_id = ${trx.tenantId} and m.occasion = 'reminder' and m.id = any(${[...ids]}::uuid[])
    group by m.id`;
}

/** A day in the facts of a message; null where there is none, so that a row of another shape stops nobody. */
function dayIn(name: "cutOn" | "dueOn") {
  return sql`(case when pg_input_is_valid(m.facts->>${sql.lit(name)}, 'date') then (m.facts->>${
    sql.lit(name)
  })::date end)`;
}

/**
 * What the ladder's reminder says is so until its due date is over or a later one was written; a person's own, which names
 * no due date, as long as something is owed.
 */
function reminderReason(today: Temporal.PlainDate) {
  return sql`case
      when ${dayIn("dueOn")} < ${today}::date then 'no_longer_true'
      when exists (select from mail_messages later where later.tenant_id = m.tenant_id
        and later.subscriber_id = m.subscriber_id and later.occasion = 'reminder' and later.created_on > m.created_on
        and later.facts->>'dueOn' = m.facts->>'dueOn') then 'no_longer_true'
      when owed.is_owed then null
      when owed.is_open then 'bill_disputed'
      when owed.is_void then 'bill_void'
      else 'paid_meanwhile' end`;
}

/** Taken back, over, or the other way round by now. */
function isUntrue(today: Temporal.PlainDate) {
  const isCut = sql`exists (select from block_reasons k where k.tenant_id = m.tenant_id
    and k.subscription_id = m.subscription_id and k.reason = 'nonpayment' and k.removed_at is null)`;
  const isEnded = sql`not exists (select from subscriptions c where c.tenant_id = m.tenant_id
    and c.id = m.subscription_id and c.status <> 'cancelled')`;
  return sql`case m.occasion
    when 'payment_received' then exists (select from payments p where p.tenant_id = m.tenant_id
      and p.id = m.payment_id and p.status = 'reversed')
    when 'credit_given' then exists (select from credit_memos x where x.tenant_id = m.tenant_id
      and x.id = m.memo_id and x.voided_at is not null)
    when 'hold_granted' then ${isEnded} or not exists (select from holds h where h.tenant_id = m.tenant_id
      and h.id = (m.facts->>'holdId')::uuid and h.ended_at is null and h.until_on >= ${today}::date)
    when 'cut' then ${isEnded} or not ${isCut}
    when 'restored' then ${isEnded} or ${isCut}
    when 'cut_notice' then ${isEnded} or ${isCut} or coalesce(${dayIn("cutOn")} <= ${today}::date, true)
    else false end`;
}
