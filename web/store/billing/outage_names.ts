import { sql } from "kysely";
import { DEFAULT_PPP_SERVICE, PPP_SERVICES } from "@/shared/protocol/mod.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/*
 * How people name connections `c`. A name alone is not one: another service, another router, or the same letters in
 * another encoding are other connections.
 */

/** The key of its account (`accountKey`): the bare name of a PPPoE one, `l2tp//juan` of another service. */
const KEY = sql`case when c.ppp_service = ${sql.lit(DEFAULT_PPP_SERVICE)} and c.ppp_name !~ ${
  sql.lit(`^(${PPP_SERVICES.join("|")})//`)
} then c.ppp_name else c.ppp_service || '//' || c.ppp_name end`;
const READABLE_KEY = sql`readable_text(${KEY})`;
/** The key as it is read and typed; one in a code page says so. */
const LABEL = sql`case when ${READABLE_KEY} = ${KEY} then ${KEY} else ${READABLE_KEY} || ' (code page)' end`;
const ROUTER = sql`(select r.name from routers r where r.tenant_id = c.tenant_id and r.id = c.router_id)`;

/** What a list calls a connection, and takes for it: with its router where several have such an account. */
export const CONNECTION_LABEL = sql`${LABEL} || case when exists (select from subscriptions other
  where other.tenant_id = c.tenant_id and other.ppp_name_lower = c.ppp_name_lower and other.ppp_name = c.ppp_name
    and other.ppp_service = c.ppp_service and other.router_id <> c.router_id) then ', ' || ${ROUTER} else '' end`;

/** A connection that a text names. */
export interface NamedConnection {
  text: string;
  subscription_id: string;
  /** Which account of which router it is. */
  account: string;
  /** It is there, or was on the day that is asked for. */
  is_current: boolean;
}

/**
 * The connections that each of these texts names: the account whose key or label it is, with or without its router;
 * where there is none, every one whose name reads so.
 */
export async function listNamedConnections(
  trx: TenantTransaction,
  texts: readonly string[],
  fromOn: Temporal.PlainDate,
): Promise<NamedConnection[]> {
  if (texts.length === 0) return [];
  const { rows } = await sql<NamedConnection>`
    with typed as (select distinct t.text from unnest(${[...texts]}::text[]) t(text)),
    known as materialized (select c.id, c.router_id, ${KEY} as key, ${LABEL} as label, c.ppp_name as bare,
        readable_text(c.ppp_name) as readable, ', ' || ${ROUTER} as router,
        c.ended_on >= ${fromOn}::date or c.status <> 'cancelled' as is_current
      from subscriptions c where c.tenant_id = ${trx.tenantId}),
    exact as materialized (select distinct v.text, k.id, k.router_id, k.key, k.is_current from known k cross join lateral (values
        (k.key), (k.label), (k.key || k.router), (k.label || k.router)) v(text)
      where v.text in (select text from typed)),
    loose as (select distinct v.text, k.id, k.router_id, k.key, k.is_current from known k cross join lateral (values
        (k.bare), (k.readable), (readable_text(k.key)), (k.bare || k.router), (k.readable || k.router),
        (readable_text(k.key) || k.router)) v(text)
      where v.text in (select text from typed except select text from exact))
    select f.text, f.id as subscription_id, f.router_id || ' ' || f.key as account, coalesce(f.is_current, false) as is_current
    from (select text, id, router_id, key, is_current from exact
      union all select text, id, router_id, key, is_current from loose) f`.execute(trx);
  return rows;
}
