import { type RawBuilder, sql } from "kysely";
import { NOTICE_LACKS, type NoticeState } from "@/web/domain/cuts/mod.ts";
import { MESSAGES_REFUSED } from "@/web/domain/mail/sender_problems.ts";
import { skipReason, WITH_MAIL_RULES } from "../mail/messages.ts";

/** A notice is forgotten after so many days: who was kept on for longer is told again. */
const NOTICE_COUNTS_DAYS = 14;

/**
 * What connection `c` was told of a cut, where nobody is cut without notice (one row of `said`): what becomes of who cannot
 * be told, why the notice was not sent, and which ones stand. One that names a later day does not count yet. A notice is
 * sent on a day before the one that it names, or not at all, so that one that names this day was sent on an earlier day.
 */
export function noticeOn(businessOn: Temporal.PlainDate): RawBuilder<string | null> {
  const own = sql`m.tenant_id = c.tenant_id and m.subscription_id = c.id and m.occasion = 'cut_notice'
    and m.subscriber_id = c.subscriber_id`;
  return sql`case when (select true from said) then concat_ws(' ', (select unreachable from said),
    (select coalesce(${skipReason(sql`'cut_notice'`)}, (select case when m.state = 'queued' then 'queued'
          when m.state <> 'sent' then case when ${isNotTaken(own, businessOn)}
            then concat_ws('@', 'not_taken', m.facts->>'debt') else 'failed' end
          when ${CUT_ON} > ${businessOn}::date then 'later' else 'overtaken' end
        from mail_messages m where ${own} order by m.id desc limit 1), 'none')
      from subscribers s ${WITH_MAIL_RULES} where s.tenant_id = c.tenant_id and s.id = c.subscriber_id),
    (select string_agg(distinct concat_ws('@', m.facts->>'debt', ${CUT_ON}), ' ') from mail_messages m
      where ${own} and m.state = 'sent' and not ${isOvertaken(businessOn)}
        and ${CUT_ON} between ${businessOn}::date - ${NOTICE_COUNTS_DAYS}::int and ${businessOn}::date)) end`;
}

/**
 * Whether notice `m`, the newest to subscriber `s`, and the one before it of the same debt came to nothing by what was
 * answered for the address of now: full, refused, returned. One answer may be of an hour; and a notice that names a later
 * day may still be followed by one that is taken. Whatever was taken since says that there is somebody again.
 */
function isNotTaken(own: RawBuilder<unknown>, businessOn: Temporal.PlainDate): RawBuilder<boolean> {
  return sql<boolean>`(${isAnswered("m")} and ${CUT_ON} <= ${businessOn}::date
    and not exists (select from mail_messages taken where taken.tenant_id = m.tenant_id
      and taken.subscriber_id = m.subscriber_id and taken.id > m.id and taken.state = 'sent' offset 0)
    and coalesce((select ${isAnswered("before")} and before.facts->>'debt' = newest.debt
      from (select m.id, m.facts->>'debt' as debt) newest
      join lateral (select m.address, m.state, m.reason, m.facts, m.created_on, m.created_at from mail_messages m
        where ${own} and m.id < newest.id and m.state <> 'skipped' order by m.id desc limit 1) before on true), false))`;
}

/**
 * Whether a message has its end by an answer that speaks of its recipient. One that speaks of what was sent is the sender's
 * fault while its queue stops for that, or where others got the same and nobody took anything since.
 */
function isAnswered(name: "m" | "before"): RawBuilder<boolean> {
  const of = (column: string) => sql.ref(`${name}.${column}`);
  return sql<boolean>`(lower(${of("address")}) = lower(s.email)
    and (${of("state")} = 'refused' or ${of("state")} = 'failed' and ${of("reason")} = 'message_refused')
    and (${of("reason")} not in ('message_refused', 'returned_message') or not (
      exists (select from mail_senders n where n.tenant_id = s.tenant_id and n.problem = ${MESSAGES_REFUSED})
      or exists (select from mail_messages o where o.tenant_id = s.tenant_id and o.state = 'failed'
          and o.reason = 'message_refused' and o.created_on >= ${
    of("created_on")
  } and o.subscriber_id <> s.id offset 0)
        and not exists (select from mail_messages o where o.tenant_id = s.tenant_id
          and o.sent_at >= ${of("created_at")} and o.state = 'sent' offset 0))))`;
}

/** The day that notice `m` names; null in a row of another shape, which stops nobody. */
const CUT_ON =
  sql`(case when pg_input_is_valid(m.facts->>'cutOn', 'date') then (m.facts->>'cutOn')::date end)`;

/**
 * Whether something that its reader saw since notice `m` was sent says that the day it names holds no longer: a settlement
 * that was taken back, a dispute that was decided, a promise or an exclusion that goes over that day, another payer, a
 * connection that was off and came back. What moves a cut without a word to them (a free day, an outage, a router or a mail
 * server that is away, a run that was stopped) is none of it. Times are compared, and where a clock was set back that is said
 * by {@linkcode isPastUnknown}.
 */
function isOvertaken(businessOn: Temporal.PlainDate): RawBuilder<boolean> {
  // Asked of the few bills that something happened to, and not of each of all years first.
  const ofConnection =
    sql`exists (select from bill_lines l where l.tenant_id = b.tenant_id and l.bill_id = b.id
    and l.subscription_id = c.id offset 0)`;
  return sql<boolean>`(exists (select from payments p where p.tenant_id = m.tenant_id
      and p.subscriber_id = m.subscriber_id and p.reversed_at >= m.sent_at)
    or exists (select from bills b where b.tenant_id = m.tenant_id and b.subscriber_id = m.subscriber_id
      and case when exists (select from allocations a where a.tenant_id = b.tenant_id and a.bill_id = b.id
          and a.released_at >= m.sent_at offset 0)
        or exists (select from disputes d where d.tenant_id = b.tenant_id and d.bill_id = b.id
          and d.decided_at >= m.sent_at offset 0)
        then ${ofConnection} else false end)
    or exists (select from holds h where h.tenant_id = m.tenant_id and h.subscription_id = m.subscription_id
      and h.until_on >= ${CUT_ON} and (h.ended_at is null or h.ended_at >= m.sent_at))
    or exists (select from cut_exclusions x where x.tenant_id = m.tenant_id and x.subscription_id = m.subscription_id
      and x.removed_at is null and x.business_on between ${CUT_ON} and ${businessOn}::date)
    or exists (select from payer_changes y where y.tenant_id = m.tenant_id and y.subscription_id = m.subscription_id
      and y.made_at >= m.sent_at)
    or exists (select from block_reasons k where k.tenant_id = m.tenant_id and k.subscription_id = m.subscription_id
      and k.reason = 'nonpayment' and k.removed_at >= m.sent_at)
    or ${isPastUnknown()})`;
}

/**
 * Whether something was done to its reader after notice `m` was sent, as the order of the audit trail says, by a clock that
 * was not there yet: it was set back meanwhile, and no time tells what came after it.
 */
function isPastUnknown(): RawBuilder<boolean> {
  return sql<boolean>`exists (select from audit_entries e where e.tenant_id = m.tenant_id
    and e.subscriber_id = m.subscriber_id and e.sequence > m.sent_after_audit and e.at < m.sent_at offset 0)`;
}

/** Reads what {@linkcode noticeOn} wrote. */
export function toNotice(text: string): NoticeState {
  const [unreachable, why = "", ...told] = text.split(" ");
  const [word, notTaken] = why.split("@");
  const lack = NOTICE_LACKS.find((one) => one === word);
  if (lack === undefined) throw new Error(`Cannot read notice: ${word} is no reason`);
  return {
    told: told.map((one) => {
      const [debt = "", cutOn = ""] = one.split("@");
      return { debt, cutOn: Temporal.PlainDate.from(cutOn) };
    }),
    lack,
    ...(notTaken !== undefined && { notTaken }),
    goesOnUnreachable: unreachable === "go_on",
  };
}
