import { type RawBuilder, sql } from "kysely";
import { OFFLINE_AFTER_MS } from "@/shared/protocol/mod.ts";
import type { BillStatus } from "@/web/domain/billing/mod.ts";
import type { SubscriptionState } from "@/web/domain/network/mod.ts";

/** Unknown: the router or its agent is not reachable. Grey, never a reason to cut. */
export type Connection = "online" | "offline" | "unknown";

/** How long a debt has been past its due date, in days. */
export type AgingBucket = "current" | "1-7" | "8-30" | "31-60" | "60+";

/** The moment a list is read at. */
export interface ReadMoment {
  tenantId: string;
  /** Business date. */
  today: Temporal.PlainDate;
  /** Real time, for what is fresh. */
  now: Temporal.Instant;
}

/** A row of {@link connectionRows}. */
export interface ConnectionRow {
  subscriber_id: string;
  subscription_id: string | null;
  account_number: string;
  name: string;
  name_sort: string;
  account_lower: string;
  phone: string | null;
  phone_digits: string | null;
  plan_id: string | null;
  plan_name: string | null;
  plan_sort: string | null;
  ppp_name: string | null;
  router_id: string | null;
  router_name: string | null;
  site_id: string | null;
  site_name: string | null;
  site_sort: string | null;
  bill_status: BillStatus | null;
  balance_centavos: bigint;
  oldest_due_on: Temporal.PlainDate | null;
  connection: Connection;
  service_state: SubscriptionState | null;
  hold_until: Temporal.PlainDate | null;
  stopped_from_on: Temporal.PlainDate | null;
  aging: AgingBucket | null;
}

/**
 * Every subscriber with each of their subscriptions (one row without, when there is none). The subscribers list and
 * every figure on Today select from it, so that a figure and the list behind it cannot differ. The states follow
 * web/domain (billStatus, subscriptionState); a test compares both.
 *
 * @param options `isWhole`: every row will be read, so blocks and debts are gathered once instead of row by row; the
 * rows are the same
 */
export function connectionRows(
  moment: ReadMoment,
  options: { isWhole?: boolean } = {},
): RawBuilder<ConnectionRow> {
  const { tenantId, today, now } = moment;
  const { blocks, debts } = options.isWhole === true ? wholeJoins(moment) : rowJoins(moment);
  const freshAfter = now.subtract({ milliseconds: OFFLINE_AFTER_MS });
  return sql<ConnectionRow>`
    select s.id as subscriber_id, c.id as subscription_id, s.account_number, s.account_lower, s.name, s.name_sort,
      s.phone, s.phone_digits, c.plan_id, p.name as plan_name, p.name_sort as plan_sort, c.ppp_name, c.router_id, r.name as router_name, r.site_id,
      t.name as site_name, t.name_sort as site_sort, coalesce(debt.balance, 0)::bigint as balance_centavos, debt.oldest_due_on,
      case when debt.rank = 5 then 'overdue' when debt.rank = 4 then 'grace' when debt.rank = 3 then 'disputed'
        when debt.rank = 2 then 'partly_paid'
        when debt.rank = 1 then 'due'
        when exists (select from bills b where b.tenant_id = ${tenantId} and b.subscriber_id = s.id
          and (c.id is null or b.subscription_id = c.id) and b.status = 'issued') then 'paid' end as bill_status,
      case when debt.oldest_due_on is null then null
        when debt.oldest_due_on >= ${today}::date then 'current'
        when ${today}::date - debt.oldest_due_on <= 7 then '1-7'
        when ${today}::date - debt.oldest_due_on <= 30 then '8-30'
        when ${today}::date - debt.oldest_due_on <= 60 then '31-60' else '60+' end as aging,
      case when r.status = 'online' and seen.heartbeat_at > ${freshAfter} and o.ppp_name is not null
        then case when o.is_online then 'online' else 'offline' end else 'unknown' end as connection,
      h.until_on as hold_until, c.stopped_from_on,
      case when c.id is null then null when c.status = 'cancelled' then 'cancelled'
        when c.status = 'pending' or blocks.not_installed then 'pending_install'
        when blocks.total > 0 then 'disconnected'
        when h.until_on is not null then 'held' else 'active' end as service_state
    from subscribers s
    left join subscriptions c on c.tenant_id = ${tenantId} and c.subscriber_id = s.id
    left join plans p on p.tenant_id = ${tenantId} and p.id = c.plan_id
    left join routers r on r.tenant_id = ${tenantId} and r.id = c.router_id
    left join sites t on t.tenant_id = ${tenantId} and t.id = r.site_id
    left join agents a on a.tenant_id = ${tenantId} and a.site_id = r.site_id and a.revoked_at is null
    left join agent_presence seen on seen.tenant_id = ${tenantId} and seen.agent_id = a.id
      and seen.disconnected_at is null
    left join observed_secrets o on o.tenant_id = ${tenantId} and o.router_id = c.router_id and o.ppp_name = c.ppp_name
      and o.ppp_service = c.ppp_service
    left join holds h on h.tenant_id = ${tenantId} and h.subscription_id = c.id and h.ended_at is null
      and h.until_on >= ${today}
    ${blocks}
    ${debts}
    where s.tenant_id = ${tenantId}`;
}

interface Joins {
  blocks: RawBuilder<unknown>;
  debts: RawBuilder<unknown>;
}

/** For a page of rows: an index answers for each of them. */
function rowJoins({ tenantId, today }: ReadMoment): Joins {
  const firstOf = firstConnectionOf(tenantId);
  return {
    blocks: sql`left join lateral (
      select ${BLOCK_COLUMNS} from block_reasons b
      where b.tenant_id = ${tenantId} and b.subscription_id = c.id and b.removed_at is null
    ) blocks on true`,
    debts: sql`left join lateral (
      select ${debtColumns(today)} from bills b where b.tenant_id = ${tenantId} and b.subscriber_id = s.id
        and ${OPEN_BILL} and (c.id is null or b.subscription_id = c.id or (c.id = ${firstOf(sql`s.id`)}
          and not exists (select from subscriptions own where own.tenant_id = ${tenantId}
            and own.id = b.subscription_id and own.subscriber_id = s.id)))
    ) debt on true`,
  };
}

/** For all rows. */
function wholeJoins({ tenantId, today }: ReadMoment): Joins {
  const firstOf = firstConnectionOf(tenantId);
  return {
    blocks: sql`left join (
      select b.subscription_id, ${BLOCK_COLUMNS} from block_reasons b
      where b.tenant_id = ${tenantId} and b.removed_at is null group by b.subscription_id
    ) blocks on blocks.subscription_id = c.id`,
    debts: sql`left join (
      select b.subscriber_id, coalesce(own.id, ${firstOf(sql`b.subscriber_id`)}) as subscription_id,
        ${debtColumns(today)}
      from bills b left join subscriptions own on own.tenant_id = ${tenantId} and own.id = b.subscription_id
        and own.subscriber_id = b.subscriber_id
      where b.tenant_id = ${tenantId} and ${OPEN_BILL} group by 1, 2
    ) debt on debt.subscriber_id = s.id and debt.subscription_id is not distinct from c.id`,
  };
}

/** What is owed for a connection that somebody else has by now stands in the first row of who owes it. */
function firstConnectionOf(tenantId: string) {
  return (subscriberId: RawBuilder<unknown>) =>
    sql`(select f.id from subscriptions f where f.tenant_id = ${tenantId}
      and f.subscriber_id = ${subscriberId} order by f.id limit 1)`;
}

const BLOCK_COLUMNS =
  sql`count(*) as total, coalesce(bool_or(b.reason = 'not_installed'), false) as not_installed`;
const OPEN_BILL = sql`b.status = 'issued' and b.paid_centavos < b.total_centavos`;

function debtColumns(today: Temporal.PlainDate): RawBuilder<unknown> {
  return sql`sum(b.total_centavos - b.paid_centavos) as balance, min(b.due_on) as oldest_due_on,
    max(case when b.total_centavos - b.paid_centavos <= b.disputed_centavos then 3
      when b.due_on + b.grace_days < ${today}::date then 5 when b.due_on < ${today}::date then 4
      when b.paid_centavos > 0 then 2 else 1 end) as rank`;
}
