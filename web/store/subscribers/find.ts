import { type RawBuilder, sql } from "kysely";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Records that the search finds, in the order of its groups. */
export const FOUND_KINDS = ["subscriber", "bill", "payment", "router", "site", "plan"] as const;
export type FoundKind = (typeof FOUND_KINDS)[number];

/** One record that a search found. */
export interface FoundRow {
  kind: FoundKind;
  id: string;
  title: string;
  note: string | null;
  /** The words are its number, account, PPPoE user, phone or reference in full. */
  is_exact: boolean;
}

const EACH_MAX = 8;
/** Letters from which the trigram index helps; shorter words are looked up as beginnings. */
const INFIX_MIN = 3;
/** Above every character in the "C" order of the generated columns. */
const LAST = "\u{10FFFF}";

/** Finds records of the wanted kinds by anything written on them, in one statement. */
export async function findRecords(
  trx: TenantTransaction,
  words: string,
  kinds: readonly FoundKind[],
): Promise<FoundRow[]> {
  const text = words.trim();
  if (text === "" || kinds.length === 0) return [];
  const parts = kinds.map((kind) => sql`(${PARTS[kind](trx.tenantId, text)})`);
  const { rows } = await sql<FoundRow>`${sql.join(parts, sql` union all `)}`.execute(trx);
  return rows;
}

type Part = (tenantId: string, text: string) => RawBuilder<unknown>;

const PARTS: Record<FoundKind, Part> = {
  subscriber: (tenantId, text) =>
    sql`select 'subscriber' as kind, s.id, s.name as title,
      concat_ws(' · ', s.account_number, (select string_agg(c.ppp_name, ', ' order by c.ppp_name)
        from subscriptions c where c.tenant_id = ${tenantId} and c.subscriber_id = s.id), s.phone, ${
      placeFound(text)
    }) as note,
      ${isSubscriberExact(tenantId, text)} as is_exact
    from subscribers s where s.tenant_id = ${tenantId} and s.id in (${subscriberIds(tenantId, text)})
    order by is_exact desc, starts_with(s.name_lower, lower(${text})) desc, s.name_lower, s.id limit ${EACH_MAX}`,
  bill: (tenantId, text) =>
    sql`select 'bill', b.id, b.number, s.name, b.number = ${numberAt(tenantId, "bill", text, "0")}
    from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
    where b.tenant_id = ${tenantId} and b.status <> 'draft' and ${hasNumber(tenantId, "bill", "b", text)}
    order by b.number limit ${EACH_MAX}`,
  payment: (tenantId, text) =>
    sql`select 'payment', p.id, p.number, concat_ws(' · ', s.name, p.reference),
      p.number = ${numberAt(tenantId, "payment", text, "0")} or lower(p.reference) = lower(${text})
    from payments p join subscribers s on s.tenant_id = p.tenant_id and s.id = p.subscriber_id
    where p.tenant_id = ${tenantId} and (${hasNumber(tenantId, "payment", "p", text)} or ${
      /\d/.test(text) && text.length >= 4 ? sql`lower(p.reference) = lower(${text})` : sql`false`
    }) order by p.number desc limit ${EACH_MAX}`,
  router: (tenantId, text) =>
    sql`select 'router', r.id, r.name, concat_ws(' · ', t.name, r.host), lower(r.name) = lower(${text})
    from routers r join sites t on t.tenant_id = r.tenant_id and t.id = r.site_id
    where r.tenant_id = ${tenantId} and r.archived_at is null
      and strpos(lower(r.name || ' ' || r.host), lower(${text})) > 0
    order by r.name limit ${EACH_MAX}`,
  site: (tenantId, text) =>
    sql`select 'site', t.id, t.name, null, lower(t.name) = lower(${text})
    from sites t where t.tenant_id = ${tenantId} and strpos(lower(t.name), lower(${text})) > 0
    order by t.name limit ${EACH_MAX}`,
  plan: (tenantId, text) =>
    sql`select 'plan', p.id, p.name, p.speed, lower(p.name) = lower(${text})
    from plans p where p.tenant_id = ${tenantId} and p.archived_at is null
      and strpos(lower(p.name), lower(${text})) > 0
    order by p.name limit ${EACH_MAX}`,
};

/**
 * Where a subscriber may be found. Beginnings are ranges on the generated columns, which the planner may use under row
 * level security; what stands in the middle of a text is looked for by the one function that may (R18).
 */
function subscriberIds(tenantId: string, text: string): RawBuilder<unknown> {
  const lower = text.toLowerCase();
  const from = (table: "subscribers" | "subscriptions", id: string, column: string, start: string) =>
    sql`(select ${sql.ref(id)} from ${sql.table(table)} where tenant_id = ${tenantId}
      and ${sql.ref(column)} >= ${start} and ${sql.ref(column)} < ${start + LAST}
      order by ${sql.ref(column)} limit ${EACH_MAX})`;
  const sources = [
    from("subscribers", "id", "name_lower", lower),
    from("subscribers", "id", "account_lower", lower),
    from("subscriptions", "subscriber_id", "ppp_name_lower", lower),
    ...phoneStarts(text).map((start) => from("subscribers", "id", "phone_digits", start)),
  ];
  if (text.length >= INFIX_MIN) {
    sources.push(sql`(select subscriber_id from search_subscriber_ids(${text}, 50))`);
  }
  if (/^[0-9a-f]{2}([:-][0-9a-f]{2}){2,5}$|^\d{1,3}(\.\d{1,3}){3}$/i.test(text)) {
    sources.push(sql`(select c.subscriber_id from observed_secrets o join subscriptions c
      on c.tenant_id = o.tenant_id and c.router_id = o.router_id and c.ppp_name = o.ppp_name
      where o.tenant_id = ${tenantId}
        and (o.address = ${text} or starts_with(lower(o.caller_id), ${
      lower.replaceAll("-", ":")
    })) limit 50)`);
  }
  return sql.join(sources, sql` union `);
}

/** Barangay and city are shown where the words stand in them: why a record was found has to be seen. */
function placeFound(text: string): RawBuilder<unknown> {
  return sql`(select w.place from (select concat_ws(' ', s.barangay, s.city) as words,
      concat_ws(', ', s.barangay, s.city) as place) w where strpos(lower(w.words), lower(${text})) > 0)`;
}

function isSubscriberExact(tenantId: string, text: string): RawBuilder<unknown> {
  const lower = text.toLowerCase();
  return sql`(s.account_lower = ${lower} or s.phone_digits = any(${phoneStarts(text)}::text[])
    or exists (select from subscriptions c where c.tenant_id = ${tenantId} and c.subscriber_id = s.id
      and c.ppp_name_lower = ${lower}))`;
}

/** A phone number as it may be stored: `0917…`, `63917…` and `917…` are one number. Empty: not a phone number. */
export function phoneStarts(text: string): string[] {
  if (!/^\+?[\d\s().-]{4,20}$/.test(text)) return [];
  const digits = text.replace(/\D/g, "");
  if (digits.length < 4) return [];
  const local = digits.replace(/^(63|0)/, "");
  return [...new Set([digits, `0${local}`, `63${local}`])];
}

type Series = "bill" | "payment";

/** `123` is the whole number SOA-000123; `SOA-0012` is the beginning of a hundred of them: a range in any collation. */
function hasNumber(tenantId: string, series: Series, table: string, text: string): RawBuilder<unknown> {
  if (!/^[\p{L}\p{N}/_-]{1,40}$/u.test(text) || !/\d/.test(text)) return sql`false`;
  return sql`${sql.ref(`${table}.number`)} between ${numberAt(tenantId, series, text, "0")}
    and ${numberAt(tenantId, series, text, "9")}`;
}

function numberAt(tenantId: string, series: Series, text: string, fill: "0" | "9"): RawBuilder<unknown> {
  const isDigits = /^\d+$/.test(text);
  const written = isDigits
    ? sql`n.prefix || lpad(${text}, greatest(n.pad, ${text.length}), '0')`
    : sql`case when starts_with(lower(${text}), lower(n.prefix))
        then rpad(n.prefix || substr(${text}, length(n.prefix) + 1), greatest(length(n.prefix) + n.pad, ${text.length}), ${fill})
        else ${text} end`;
  return sql`(select ${written} from number_series n where n.tenant_id = ${tenantId} and n.series = ${series})`;
}
