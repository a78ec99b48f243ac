import pg from "pg";
import type { DemoIds } from "./sights.ts";

/** Which thing of the demo an `:id` is, by the pattern's second word. */
const KINDS = {
  agents: "select id from agents order by id limit 1",
  approvals: "select id from approval_requests where state = 'asked' order by asked_at, id limit 1",
  bills: `select id from bills b where paid_centavos = 0 and disputed_centavos = 0 and status = 'issued'
    order by exists (select from mail_messages m where m.tenant_id = b.tenant_id and m.bill_id = b.id
      and m.state = 'sent' and m.occasion = 'bill_issued') desc, number limit 1`,
  decisions: "select id from subscriptions where status = 'active' order by ppp_name limit 1",
  import: "select id from import_batches where status = 'review' limit 1",
  invites: "select id from staff_invites where accepted_at is null and withdrawn_at is null limit 1",
  mail:
    "select id from mail_messages where subscriber_id is not null order by state = 'sent' desc, id desc limit 1",
  memos: "select id from credit_memos where voided_at is null order by issued_on desc, id limit 1",
  payments: "select id from payments where status = 'posted' order by recorded_on desc, id limit 1",
  plans: "select id from plans order by name limit 1",
  refunds: "select id from refunds where reversed_at is null order by paid_on desc, id limit 1",
  roles: "select id from roles where not is_builtin order by name limit 1",
  routers: "select id from routers where name = 'Ilaya-Tower'",
  runs: "select id from runs where kind = 'cut' and status = 'done' order by changed desc, id limit 1",
  sites: "select site_id as id from routers where name = 'Ilaya-Tower'",
  staff: `select s.staff_user_id as id from staff_roles s join roles r on r.tenant_id = s.tenant_id
    and r.id = s.role_id where r.name = 'Cashier' limit 1`,
  subscribers: `select c.subscriber_id as id from subscriptions c
    join holds h on h.tenant_id = c.tenant_id and h.subscription_id = c.id and h.ended_at is null
    where c.status = 'active' and exists (select from bills b where b.tenant_id = c.tenant_id
      and b.subscription_id = c.id and b.status = 'issued' and b.paid_centavos = 0)
    order by h.until_on desc, c.id limit 1`,
  tonight: `select b.subscription_id as id from bills b
    join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id and c.status = 'active'
    where b.status = 'issued' and b.paid_centavos = 0 and b.due_on < now()::date
      and not exists (select from holds h where h.tenant_id = b.tenant_id
        and h.subscription_id = b.subscription_id and h.ended_at is null)
      and not exists (select from block_reasons r where r.tenant_id = b.tenant_id
        and r.subscription_id = b.subscription_id and r.removed_at is null)
    order by b.due_on, b.id limit 1`,
} as const;

/** Patterns whose page is about somebody in another state than most. */
const ADDRESSES = {
  "/admin/bills/:id/decide":
    "select '/admin/bills/' || bill_id || '/decide' as id from disputes where decision is null limit 1",
  "/admin/subscribers/:id/refund": `select '/admin/subscribers/' || c.subscriber_id || '/refund' as id
    from credit_sources c where c.ended_at is null and c.used_centavos < c.amount_centavos order by c.id limit 1`,
  "/admin/subscribers/:id/reconnect": `select '/admin/subscribers/' || c.subscriber_id || '/reconnect' as id
    from block_reasons r join subscriptions c on c.tenant_id = r.tenant_id and c.id = r.subscription_id
    where r.reason = 'vacation' and r.removed_at is null order by r.added_at, r.id limit 1`,
  "/admin/subscribers/:id/secret":
    `select '/admin/subscribers/' || subscriber_id || '/secret?connection=' || id
    as id from subscriptions where status = 'pending' order by id limit 1`,
  "/admin/subscribers/:id/remove":
    `select '/admin/subscribers/' || subscriber_id || '/remove?connection=' || id
    as id from subscriptions where status = 'pending' order by id limit 1`,
  "/admin/subscribers/:id/plan":
    `select '/admin/subscribers/' || c.subscriber_id || '/plan?connection=' || c.id
    || '&plan=' || p.id as id from subscriptions c
    join plans p on p.tenant_id = c.tenant_id and p.id <> c.plan_id
    where c.status = 'active' and c.billed_through_on is not null and c.next_plan_id is null
    order by c.ppp_name, p.name limit 1`,
  "/admin/subscribers/:id/buy":
    `select '/admin/subscribers/' || subscriber_id || '/buy?connection=' || id as id
    from subscriptions where billing_mode = 'prepaid' order by id limit 1`,
  "/admin/plans/:id/price":
    `select '/admin/plans/' || p.id || '/price?price=1299.00&from=next&name=' || p.name as id
    from plans p order by p.name limit 1`,
  "/admin/subscribers/:id/price/review":
    `select '/admin/subscribers/' || c.subscriber_id || '/price/review?connection='
    || c.id || '&kind=percent_off&percent=10&from=next&end=periods&periods=3&reason=Moved+from+a+rival' as id
    from subscriptions c where c.status = 'active' and c.billed_through_on is not null and c.next_plan_id is null
    order by c.ppp_name limit 1`,
  "/admin/outages/end": `select '/admin/outages/end?outage=' || id as id from outages
    where to_at is null and taken_back_at is null order by id limit 1`,
  "/admin/outages/edit": `select '/admin/outages/edit?outage=' || id as id from outages
    where announced_at is not null and taken_back_at is null order by id limit 1`,
  "/admin/outages/take-back": `select '/admin/outages/take-back?outage=' || id as id from outages
    where announced_at is null and taken_back_at is null order by from_at limit 1`,
  "/admin/outages/report": `select '/admin/outages/report?outage=' || id as id from outages
    where announced_at is null and taken_back_at is null order by from_at limit 1`,
  "/admin/import/:id/undo": `select '/admin/import/' || id || '/undo' as id from import_batches
    where status = 'done' order by created_at limit 1`,
  "/admin/setup/billing/review": `select '/admin/setup/billing/review?preset=anniversary&revision=' ||
    coalesce(settings_saves->'billing'->>'revision', '0') as id from tenants limit 1`,
} as const;

/** The kinds of things that an `:id` may be. */
export const DEMO_KINDS: readonly string[] = Object.keys(KINDS);

/**
 * Finds the things that the pictures are of.
 *
 * @throws {Error} naming what the demo has none of
 */
export async function findDemoIds(databaseUrl: string): Promise<DemoIds> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const find = async (what: string, text: string): Promise<[string, string]> => {
    const id = (await client.query<{ id: string }>(text)).rows[0]?.id;
    if (id === undefined) throw new Error(`Cannot take the picture of ${what}: the demo has none`);
    return [what, id];
  };
  try {
    const kinds = new Map<string, string>();
    const patterns = new Map<string, string>();
    for (const [kind, text] of Object.entries(KINDS)) kinds.set(...await find(kind, text));
    for (const [pattern, text] of Object.entries(ADDRESSES)) patterns.set(...await find(pattern, text));
    return { kinds, patterns };
  } finally {
    await client.end();
  }
}
