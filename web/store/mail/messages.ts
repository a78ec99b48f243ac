import { type RawBuilder, sql } from "kysely";
import { PRIORITY, REMINDING } from "@/web/domain/mail/types.ts";
import type { Occasion, SkipReason } from "@/web/domain/mail/types.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import { toRecordset } from "../db/recordset.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** A message as it is queued: what for, whom to, and what it is about. */
export interface NewMessage {
  id: string;
  occasion: Occasion;
  /** Names the occasion, e.g. `bill_issued:<bill>`: a second one is not written. */
  dedupeKey: string;
  subscriberId: string;
  billId?: string | undefined;
  paymentId?: string | undefined;
  memoId?: string | undefined;
  subscriptionId?: string | undefined;
  /** What is known only now. @default {} */
  facts?: object | undefined;
  /** Business time before which it waits. @default none */
  businessAfterAt?: Temporal.Instant | undefined;
}

/** When and by whom. */
export interface Queueing {
  /** Real time. */
  at: Temporal.Instant;
  /** Business date. */
  businessOn: Temporal.PlainDate;
  by: string;
}

/**
 * Whether a message `m` is about a bill. Messages are found by their subscriber, who has some dozens: an index by bill
 * would be written three times for each bill that is mailed.
 */
export function isAboutBill(bill: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(m.tenant_id = ${bill}.tenant_id and m.subscriber_id = ${bill}.subscriber_id
    and m.bill_id = ${bill}.id)`;
}

/** Beside subscribers `s`: the server, the settings and what is known against the address. */
export const WITH_MAIL_RULES = sql`
      left join mail_servers server on server.tenant_id = s.tenant_id
      left join reminder_settings settings on settings.tenant_id = s.tenant_id
      left join lateral (select f.address_lower from mail_refusals f where f.tenant_id = s.tenant_id
        and f.kind = 'hard' and f.address_lower = lower(s.email) offset 0) refused on true`;

/** What keeps a subscriber from getting mail of an occasion at all. */
export type MailBar = Extract<SkipReason, "no_server" | "no_address" | "refused_address" | "not_wanted">;

/** Why a subscriber `s` of {@linkcode WITH_MAIL_RULES} gets no mail of an occasion; null: nothing is against it. */
export function skipReason(occasion: RawBuilder<unknown>): RawBuilder<MailBar | null> {
  return sql<MailBar | null>`(case
        when server.tenant_id is null then 'no_server'
        when s.email is null then 'no_address'
        when refused.address_lower is not null then 'refused_address'
        when s.mail_wanted = 'none' or s.mail_wanted = 'no_reminders' and ${occasion} = any(${[
    ...REMINDING,
  ]}::text[]) then 'not_wanted' end)`;
}

/**
 * Adds messages in one statement. One that cannot be sent is written as skipped with its reason; of an occasion that the
 * tenant is silent about nothing is written, and nothing twice.
 */
export async function insertMessages(
  trx: TenantTransaction,
  messages: readonly NewMessage[],
  { at, businessOn, by }: Queueing,
): Promise<void> {
  if (messages.length === 0) return;
  const rows = messages.map((message) => ({
    id: message.id,
    occasion: message.occasion,
    dedupe_key: message.dedupeKey,
    priority: PRIORITY[message.occasion],
    subscriber_id: message.subscriberId,
    bill_id: message.billId,
    // What most messages do not have is left out: a run sends thousands of these at once.
    payment_id: message.paymentId ?? undefined,
    memo_id: message.memoId ?? undefined,
    subscription_id: message.subscriptionId ?? undefined,
    facts: message.facts,
    business_after_at: message.businessAfterAt?.toString(),
  }));
  await sendSqlAhead(
    trx,
    sql`
    insert into mail_messages (tenant_id, id, occasion, dedupe_key, priority, subscriber_id, bill_id, payment_id, memo_id,
      subscription_id, facts, business_after_at, state, reason, address, next_attempt_at, created_at, created_on, created_by)
    select ${trx.tenantId}::uuid, r.id, r.occasion, r.dedupe_key, r.priority, r.subscriber_id, r.bill_id, r.payment_id,
      r.memo_id, r.subscription_id, coalesce(r.facts, '{}'), r.business_after_at,
      case when why.reason is null then 'queued' else 'skipped' end, why.reason, s.email, ${at}::timestamptz,
      ${at}::timestamptz, ${businessOn}::date, ${by}::text
    from jsonb_to_recordset(${
      toRecordset(rows)
    }::jsonb) as r(id uuid, occasion text, dedupe_key text, priority smallint,
        subscriber_id uuid, bill_id uuid, payment_id uuid, memo_id uuid, subscription_id uuid, facts jsonb,
        business_after_at timestamptz)
      join subscribers s on s.tenant_id = ${trx.tenantId} and s.id = r.subscriber_id
      ${WITH_MAIL_RULES}
      cross join lateral (select ${skipReason(sql`r.occasion`)} as reason) why
    where not (r.occasion = any(coalesce(settings.silent_occasions, '{}')))
    on conflict (tenant_id, channel, dedupe_key) do nothing`,
  );
}
