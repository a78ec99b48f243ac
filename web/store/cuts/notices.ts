import { type RawBuilder, sql } from "kysely";
import { NOTICE_LACKS, type NoticeState } from "@/web/domain/cuts/mod.ts";
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
          when m.state <> 'sent' then 'failed' when ${CUT_ON} > ${businessOn}::date then 'later' else 'overtaken' end
        from mail_messages m where ${own} order by m.id desc limit 1), 'none')
      from subscribers s ${WITH_MAIL_RULES} where s.tenant_id = c.tenant_id and s.id = c.subscriber_id),
    (select string_agg(distinct concat_ws('@', m.facts->>'debt', ${CUT_ON}), ' ') from mail_messages m
      where ${own} and m.state = 'sent' and not ${isOvertaken(businessOn)}
        and ${CUT_ON} between ${businessOn}::date - ${NOTICE_COUNTS_DAYS}::int and ${businessOn}::date)) end`;
}

/** The day that notice `m` names; null in a row of another shape, which stops nobody. */
const CUT_ON =
  sql`(case when pg_input_is_valid(m.facts->>'cutOn', 'date') then (m.facts->>'cutOn')::date end)`;

/**
 * Whether something that its reader saw since notice `m` was sent says that the day it names holds no longer: a settlement
 * that was taken back, a dispute that was decided, a promise or an exclusion that goes over that day, another payer, a
 * connection that was off and came back. What moves a cut without a word to them (a free day, an outage, a router or a mail
 * server that is away, a run that was stopped) is none of it.
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
      and k.reason = 'nonpayment' and k.removed_at >= m.sent_at))`;
}

/** Reads what {@linkcode noticeOn} wrote. */
export function toNotice(text: string): NoticeState {
  const [unreachable, word, ...told] = text.split(" ");
  const lack = NOTICE_LACKS.find((one) => one === word);
  if (lack === undefined) throw new Error(`Cannot read notice: ${word} is no reason`);
  return {
    told: told.map((one) => {
      const [debt = "", cutOn = ""] = one.split("@");
      return { debt, cutOn: Temporal.PlainDate.from(cutOn) };
    }),
    lack,
    goesOnUnreachable: unreachable === "go_on",
  };
}
