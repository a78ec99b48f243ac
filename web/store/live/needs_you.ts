import { sql } from "kysely";
import { isExpiring } from "../billing/coverage.ts";
import { type FutureMoment, readFuture } from "../billing/future.ts";
import { BRIEF_PROBLEMS, BRIEF_TRIES, SENDING_LIMIT } from "@/web/domain/mail/sender_problems.ts";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import { DOUBTS } from "../network/router_standing.ts";
import { unwritableNeed } from "../mail/unwritten.ts";
import { hasFactorSql, requiresFactorSql } from "../access/factors.ts";
import { IS_OPEN_END } from "../subscribers/service_ends.ts";
import type { TenantRow } from "../settings/tenants.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Why something waits for a person. */
export type NeedKind =
  | "clock_jump"
  | "clock_gap"
  | "future_days"
  | "run_awaiting_approval"
  | "days_not_run"
  | "books_broken"
  | "audit_broken"
  | "cut_missed"
  | "cuts_unnoticed"
  | "bill_run_waits"
  | "bills_parked"
  | "days_unexplained"
  | "mode_waits"
  | "payer_waits"
  | "approval_asked"
  | "end_waits"
  | "mail_stopped"
  | "mail_failed"
  | "mail_unwritten"
  | "agent_offline"
  | "agent_trouble"
  | "site_without_agent"
  | "router_away"
  | "router_asks"
  | "router_limited"
  | "router_held"
  | "router_refused"
  | "command_failed"
  | "payment_twice"
  | "dispute_late"
  | "outage_credit_waits"
  | "router_drift"
  | "hand_changes"
  | "import_review"
  | "factor_waits"
  | "bills_stopped"
  | "prepaid_expiring";

/** Something that waits for a person, with what it is about. */
export interface NeedsYou {
  kind: NeedKind;
  /** Id of the run, site, router, payment or import batch. */
  subjectId: string;
  /** Name of the site or router; the business date of a run; what waits, in centavos; the reference number of payments. */
  subject: string;
  /** What to add to it, such as the router's own message or the brake's reason. */
  detail: string | null;
  count: number;
  since: Temporal.Instant | null;
}

/** A run's trouble is shown for so many days after its day. */
const RUN_DAYS = 2;
/** A failed command is shown until the same one succeeds, for so many days. */
const COMMAND_DAYS = 3;
/** What was changed by hand on a router is told for so long. */
const HAND_CHANGE_HOURS = 24;
/** What is not as the books say and has no line of its own. */
const DIFFERS = sql`o.drift not in ('waiting_permit', 'profile_missing')`;
/** Two payments with one reference number are shown for so many days. */
const PAYMENT_DAYS = 3;
/** Mail that failed is shown for so many days, or until it is sent again. */
const MAIL_DAYS = 3;
/** Of mail to staff only an open invitation waits for somebody: until it is renewed, accepted, withdrawn or has run out. */
const invitationWaits = (now: Temporal.Instant) =>
  sql`exists (select from staff_invites i where i.tenant_id = m.tenant_id
    and m.facts->>'about' = 'invite:' || i.id and i.accepted_at is null and i.withdrawn_at is null
    and i.expires_at > ${now} and not exists (select from mail_messages later where later.tenant_id = m.tenant_id
      and later.subscriber_id is null and later.id > m.id and later.facts->>'about' = m.facts->>'about'
      and later.state in ('queued', 'sent')))`;
/** Business time by which the night's runs are over; before it a day without them is on its way. */
const RUNS_OVER = Temporal.PlainTime.from("00:30");

/**
 * Everything that waits for a person: decisions about people's lines first, then trouble, then leftovers. A cause is
 * named once: routers behind an agent that is away are not listed beside it, nor what was changed by hand as a
 * difference too (`offset 0`: one look-up for each such account; without statistics a join of both took 10 s).
 */
export async function listNeeds(
  trx: TenantTransaction,
  tenant: TenantRow,
  moment: { today: Temporal.PlainDate; time?: Temporal.PlainTime | undefined; now: Temporal.Instant },
): Promise<NeedsYou[]> {
  const { today, time, now } = moment;
  const freshAfter = now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  const recent = today.subtract({ days: RUN_DAYS });
  const handChangesAfter = now.subtract({ hours: HAND_CHANGE_HOURS });
  const isNight = time !== undefined && Temporal.PlainTime.compare(time, RUNS_OVER) < 0;
  const lastDay = isNight ? today.subtract({ days: 1 }) : today;
  const id = trx.tenantId;
  const { rows } = await sql<NeedsYou & { rank: number }>`
    select * from (
      select 0 as rank, 'clock_' || w.doubt as kind, w.tenant_id as "subjectId", '' as subject, null as detail,
        1 as count, w.seen_at as since
      from clock_watches w where w.tenant_id = ${id} and w.doubt is not null
      union all
      select 1, 'run_awaiting_approval', r.id, r.business_on::text, r.brake_reason, (select count(*)::int
        from run_rows w where w.tenant_id = r.tenant_id and w.run_id = r.id and w.outcome = 'listed'), r.created_at
      from runs r where r.tenant_id = ${id} and r.status = 'awaiting_approval' and r.kind = 'cut'
      union all
      select 1, 'bill_run_waits', r.id, r.business_on::text, r.brake_reason, 1, r.created_at
      from runs r where r.tenant_id = ${id} and r.status = 'awaiting_approval' and r.kind = 'bill'
      union all
      select 2, 'days_not_run', ${id}::uuid, (done.last + 1)::text, null, ${lastDay}::date - done.last, null
      from (select max(business_on) as last from runs where tenant_id = ${id} and kind = 'bill'
        and trigger = 'scheduled' and status in ('done', 'failed')) done where done.last < ${lastDay}::date
        and not exists (select from runs r where r.tenant_id = ${id} and r.kind = 'bill'
          and r.status = 'awaiting_approval')
        and not exists (select from clock_watches w where w.tenant_id = ${id} and w.doubt is not null)
      union all
      select 2, 'books_broken', k.id, '', null, k.broken_count, k.checked_at
      from (select id, broken_count, checked_at from book_checks where tenant_id = ${id}
        order by number desc limit 1) k where k.broken_count > 0
      union all
      select 2, 'audit_broken', k.id, k.problem_sequence::text, null, 1, k.checked_at
      from (select id, problem, problem_sequence, problem_print, checked_at from audit_checks
        where tenant_id = ${id} order by number desc limit 1) k
      where k.problem_sequence is not null and not exists (select from audit_known_breaks b
        where b.tenant_id = ${id} and b.sequence = k.problem_sequence and b.problem = k.problem
          and b.print = k.problem_print)
      union all
      select 3, 'cut_missed', r.id, r.business_on::text, r.error_message, r.total, r.finished_at
      from runs r where r.tenant_id = ${id} and r.kind = 'cut' and r.status = 'failed' and r.total > 0
        and r.business_on >= ${recent}
      union all
      select 4, 'bills_parked', ${id}::uuid, '', null, count(*)::int, min(k.parked_at)
      from parked_bills k join subscriptions c on c.tenant_id = k.tenant_id and c.id = k.subscription_id
      where k.tenant_id = ${id} and c.status in ('active', 'disconnected') having count(*) > 0
      union all
      select 4, 'days_unexplained', ${id}::uuid, '', null, count(distinct x.subscription_id)::int, null
      from charged_periods x join subscriptions c on c.tenant_id = x.tenant_id and c.id = x.subscription_id
      where x.tenant_id = ${id} and x.state in ('to_bill_again', 'unexplained') and x.state = 'unexplained'
        and c.status in ('active', 'disconnected') having count(*) > 0
      union all
      select 4, 'mode_waits', s.id, s.name, c.id::text, 1, null
      from mode_changes m join subscriptions c on c.tenant_id = m.tenant_id and c.id = m.subscription_id
      join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
      where m.tenant_id = ${id} and m.state = 'planned' and m.effective_on <= ${lastDay}
        and c.status in ('active', 'disconnected')
      union all
      select 4, 'payer_waits', s.id, s.name, c.id::text, 1, null
      from payer_changes x join subscriptions c on c.tenant_id = x.tenant_id and c.id = x.subscription_id
      join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
      where x.tenant_id = ${id} and x.state = 'planned' and x.effective_on <= ${lastDay}
        and c.status in ('active', 'disconnected')
      union all
      select 4, 'approval_asked', ${id}::uuid, a.kind, a.asked_by_id::text, count(*)::int, min(a.asked_at)
      from approval_requests a where a.tenant_id = ${id} and a.state = 'asked'
      group by a.kind, a.asked_by_id
      union all
      select 4, 'end_waits', s.id, s.name, null, 1, null
      from service_ends e join subscriptions c on c.tenant_id = e.tenant_id and c.id = e.subscription_id
      join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
      where e.tenant_id = ${id} and ${IS_OPEN_END} and e.state = 'planned' and e.last_on < ${lastDay}
        and c.status in ('active', 'disconnected')
      union all
      select 5, 'mail_stopped', ${id}::uuid, v.host, m.problem || chr(10) || coalesce(m.problem_words, ''), 1, m.problem_at
      from mail_senders m join mail_servers v on v.tenant_id = m.tenant_id
      where m.tenant_id = ${id} and m.problem is not null and m.problem <> ${SENDING_LIMIT}
        and (m.tries >= ${BRIEF_TRIES} or m.problem <> all(${[...BRIEF_PROBLEMS]}::text[]))
      union all
      select 9, 'mail_failed', ${id}::uuid, min(m.created_on)::text, null, count(*)::int, null
      from mail_messages m where m.tenant_id = ${id} and m.state = 'failed'
        and m.created_on >= ${today.subtract({ days: MAIL_DAYS })}
        and not exists (select from mail_messages again where again.tenant_id = m.tenant_id
          and again.subscriber_id = m.subscriber_id and again.id > m.id and again.occasion = m.occasion
          and again.bill_id is not distinct from m.bill_id
          and starts_with(again.dedupe_key, 'again:') and again.state in ('queued', 'sent'))
        and (m.subscriber_id is not null or ${invitationWaits(now)})
      having count(*) > 0
      union all ${unwritableNeed(id, today.subtract({ days: MAIL_DAYS }))}
      union all
      select 5, 'agent_trouble', s.id, s.name, p.trouble_code, 1, p.trouble_at
      from agents a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
      join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
      where a.tenant_id = ${id} and a.revoked_at is null and p.trouble_code is not null
      union all
      select 5, 'agent_offline', s.id, s.name, coalesce(p.refused_code, p.ended_code), 1,
        coalesce(p.disconnected_at, p.heartbeat_at, a.enrolled_at)
      from agents a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
      left join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id
      where a.tenant_id = ${id} and a.revoked_at is null
        and p.trouble_code is null
        and (p.agent_id is null or p.disconnected_at is not null or p.heartbeat_at <= ${freshAfter})
      union all
      select 6, 'site_without_agent', s.id, s.name, null, count(*)::int, null
      from sites s join routers r on r.tenant_id = s.tenant_id and r.site_id = s.id and r.archived_at is null
      where s.tenant_id = ${id} and not exists (select from agents a where a.tenant_id = s.tenant_id
        and a.site_id = s.id and a.revoked_at is null) group by s.id, s.name
      union all
      select 7, 'router_away', r.id, r.name, case when r.status = 'error' then coalesce(r.status_message, r.status)
        else r.status end, 1, r.status_at
      from routers r join agents a on a.tenant_id = r.tenant_id and a.site_id = r.site_id and a.revoked_at is null
      join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id and p.disconnected_at is null
      where r.tenant_id = ${id} and r.archived_at is null and r.status <> 'online' and p.heartbeat_at > ${freshAfter}
        and not (r.status = 'wrong_router' and r.question is not null)
      union all
      select 7, 'router_asks', r.id, r.name, r.question ->> 'kind', 1, null
      from routers r where r.tenant_id = ${id} and r.archived_at is null and r.question is not null
        and not exists (select from commands m where m.tenant_id = r.tenant_id and m.router_id = r.id
          and m.kind = 'router.answer' and m.status in ('queued', 'sent') and m.not_after_at > ${now}
          and m.arguments ->> 'question_id' = r.question ->> 'id')
      union all
      select 8, 'router_limited', r.id, r.name, k.worst ->> 'code', k.count, null
      from routers r join agents a on a.tenant_id = r.tenant_id and a.site_id = r.site_id and a.revoked_at is null
      join agent_presence p on p.tenant_id = a.tenant_id and p.agent_id = a.id and p.disconnected_at is null
      join lateral (select (array_agg(w.remark order by w.place))[1] as worst, count(*)::int as count
        from jsonb_array_elements(r.remarks) with ordinality as w (remark, place)
        where r.question is null or w.remark ->> 'code' <> all(${[...DOUBTS]}::text[]))
        k on k.count > 0
      where r.tenant_id = ${id} and r.archived_at is null and r.status = 'online' and p.heartbeat_at > ${freshAfter}
      union all
      select 8, 'router_refused', r.id, r.name, r.refused_code, coalesce(r.refused_count, 1), r.refused_at
      from routers r where r.tenant_id = ${id} and r.refused_at is not null and r.archived_at is null
      union all
      select 8, 'router_held', r.id, r.name, null, st.held_count, st.observed_at
      from router_states st join routers r on r.tenant_id = st.tenant_id and r.id = st.router_id
      where st.tenant_id = ${id} and st.held_count > 0 and r.archived_at is null
      union all
      select 9, 'command_failed', r.id, r.name, (array_agg(m.error_message order by m.requested_at desc))[1],
        count(*)::int, max(coalesce(m.finished_at, m.not_after_at))
      from commands m join routers r on r.tenant_id = m.tenant_id and r.id = m.router_id and r.archived_at is null
      where m.tenant_id = ${id} and m.status in ('failed', 'expired', 'outcome_unknown')
        and m.requested_at > ${now.subtract({ hours: 24 * COMMAND_DAYS })}
        and not exists (select from commands later where later.tenant_id = m.tenant_id
          and later.router_id = m.router_id and later.kind = m.kind and later.status = 'done'
          and later.requested_at > m.requested_at)
      group by r.id, r.name
      union all
      select 10, 'payment_twice', (array_agg(p.id order by p.recorded_at desc, p.id desc))[1],
        min(p.reference), p.method, count(*)::int, max(p.recorded_at)
      from payments p where p.tenant_id = ${id} and p.status = 'posted' and p.reference_folded <> ''
        and p.recorded_on >= ${today.subtract({ days: PAYMENT_DAYS })}
      group by p.method, p.reference_folded having count(*) > 1
      union all
      select 10, 'dispute_late', ${id}::uuid, min(d.decide_by_on)::text, null, count(*)::int, null
      from disputes d join bills b on b.tenant_id = d.tenant_id and b.id = d.bill_id and b.status = 'issued'
      where d.tenant_id = ${id} and d.decision is null and d.decide_by_on < ${today} having count(*) > 0
      union all
      select 10, 'outage_credit_waits', ${id}::uuid, w.amount_centavos::text, null, w.connections, null
      from outage_reviews w where w.tenant_id = ${id} and w.connections > 0 and ${
    tenant.outage_credit === "ask"
  }
      union all
      select 11, 'router_drift', r.id, r.name, null, drift.n, st.observed_at
      from router_states st join routers r on r.tenant_id = st.tenant_id and r.id = st.router_id
      join lateral (select count(*)::int - (select count(*)::int
          from (select distinct h.ppp_name, h.ppp_service from router_hand_changes h where h.tenant_id = st.tenant_id
            and h.router_id = st.router_id and h.found_at > ${handChangesAfter}) h
          cross join lateral (select from observed_secrets o where o.tenant_id = st.tenant_id
            and o.router_id = st.router_id and o.ppp_name = h.ppp_name and o.ppp_service = h.ppp_service
            and ${DIFFERS} offset 0) told) as n
        from observed_secrets o where o.tenant_id = st.tenant_id and o.router_id = st.router_id and ${DIFFERS})
        drift on drift.n > 0
      where st.tenant_id = ${id} and st.drift_count > 0 and r.archived_at is null and r.question is null
      union all
      select 11, 'hand_changes', r.id, r.name, null, h.n, h.last
      from routers r join lateral (select count(*)::int as n, max(found_at) as last
        from (select max(h.found_at) as found_at from router_hand_changes h where h.tenant_id = r.tenant_id
          and h.router_id = r.id and h.found_at > ${handChangesAfter}
          group by h.ppp_name, h.ppp_service) account) h on h.n > 0
      where r.tenant_id = ${id} and r.archived_at is null
      union all
      select 12, 'import_review', b.id, r.name, null, b.total, b.created_at
      from import_batches b join routers r on r.tenant_id = b.tenant_id and r.id = b.router_id
      where b.tenant_id = ${id} and b.status = 'review'
      union all
      select 12, 'factor_waits', ${id}::uuid, '', null, count(*)::int, null
      from staff_memberships m where m.tenant_id = ${id} and m.state = 'active'
        and ${requiresFactorSql(sql`m.tenant_id`, sql`m.staff_user_id`)} and not ${
    hasFactorSql(sql`m.staff_user_id`)
  }
      having count(*) > 0
      union all
      select 13, 'bills_stopped', ${id}::uuid, '', null, count(*)::int, null
      from subscriptions c where c.tenant_id = ${id} and c.stopped_from_on is not null and c.status <> 'cancelled'
      having count(*) > 0
      union all
      select 14, 'prepaid_expiring', ${id}::uuid, '', null, count(*)::int, null
      from subscriptions c where c.tenant_id = ${id} and ${isExpiring(today)} having count(*) > 0
    ) needs order by rank, since nulls last, subject, "subjectId"`.execute(trx);
  const limit = tenant.stop_after_unpaid_bills;
  const needs = rows.map(({ rank: _, ...need }) =>
    need.kind === "bills_stopped" ? { ...need, detail: String(limit) } : need
  );
  // By a clock that is doubted nobody can say what the future is.
  if (needs.some((need) => need.kind === "clock_jump" || need.kind === "clock_gap")) return needs;
  return [...await listFutureNeed(trx, { today, now }), ...needs];
}

async function listFutureNeed(trx: TenantTransaction, moment: FutureMoment): Promise<NeedsYou[]> {
  const { untilOn, days, bills } = await readFuture(trx, moment);
  if (untilOn === null) return [];
  const subject = untilOn.toString();
  return [{
    kind: "future_days",
    subjectId: trx.tenantId,
    subject,
    detail: String(bills),
    count: days,
    since: null,
  }];
}
