import { type RawBuilder, sql } from "kysely";
import { fold } from "@/shared/text/mod.ts";
import {
  foldReference,
  idsByNumber,
  type NumberedTable,
  phoneStarts,
  startsWith,
  wholeNumber,
} from "../db/search.ts";
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

/** Records of each kind at most. */
export const FOUND_EACH_MAX = 8;
const EACH_MAX = FOUND_EACH_MAX;
/** Letters from which the trigram index helps; shorter words are looked up as beginnings. */
const INFIX_MIN = 3;
/** Shorter ones are amounts and years rather than references. */
const REFERENCE_MIN = 4;
const UNION = sql` union `;
const NOBODY = sql`select null::uuid where false`;

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
    order by is_exact desc, starts_with(s.name_folded, ${
      fold(text)
    }) desc, s.name_sort, s.id limit ${EACH_MAX}`,
  bill: (tenantId, text) =>
    sql`select 'bill', b.id, b.number, s.name, b.number = ${wholeNumber(tenantId, "bills", text)}
    from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
    where b.tenant_id = ${tenantId} and b.status <> 'draft'
      and b.id in (${sql.join(numbered(tenantId, "bills", text), UNION)})
    order by b.number limit ${EACH_MAX}`,
  payment: (tenantId, text) =>
    sql`select 'payment', p.id, p.number, concat_ws(' · ', s.name, p.reference),
      p.number = ${wholeNumber(tenantId, "payments", text)} or p.reference_folded = ${foldReference(text)}
    from payments p join subscribers s on s.tenant_id = p.tenant_id and s.id = p.subscriber_id
    where p.tenant_id = ${tenantId} and p.id in (${sql.join(paymentIds(tenantId, text), UNION)})
    order by p.number desc limit ${EACH_MAX}`,
  router: (tenantId, text) =>
    sql`select 'router', r.id, r.name, concat_ws(' · ', t.name, r.host), r.name_folded = ${fold(text)}
    from routers r join sites t on t.tenant_id = r.tenant_id and t.id = r.site_id
    where r.tenant_id = ${tenantId} and r.archived_at is null
      and ${holds(sql`r.words_folded`, text)}
    order by r.name_sort limit ${EACH_MAX}`,
  site: (tenantId, text) =>
    sql`select 'site', t.id, t.name, null, t.name_folded = ${fold(text)}
    from sites t where t.tenant_id = ${tenantId} and t.archived_at is null and ${
      holds(sql`t.name_folded`, text)
    }
    order by t.name_sort limit ${EACH_MAX}`,
  plan: (tenantId, text) =>
    sql`select 'plan', p.id, p.name, p.speed, p.name_folded = ${fold(text)}
    from plans p where p.tenant_id = ${tenantId} and p.archived_at is null
      and ${holds(sql`p.name_folded`, text)}
    order by p.name_sort limit ${EACH_MAX}`,
};

/**
 * Where a subscriber may be found. Beginnings are ranges on the generated columns, which the planner may use under row
 * level security; what stands in the middle of a text is looked for by the one function that may (R18).
 */
function subscriberIds(tenantId: string, text: string): RawBuilder<unknown> {
  const lower = text.normalize("NFC").toLowerCase();
  const folded = fold(text);
  const from = (table: "subscribers" | "subscriptions", id: string, column: string, start: string) =>
    sql`(select ${sql.ref(id)} from ${sql.table(table)} where tenant_id = ${tenantId}
      and ${startsWith(sql.ref(column), start)} order by ${sql.ref(column)} limit ${EACH_MAX})`;
  const sources = [
    from("subscribers", "id", "account_lower", lower),
    ...(folded === "" ? [] : [
      from("subscribers", "id", "name_folded", folded),
      from("subscriptions", "subscriber_id", "ppp_name_folded", folded),
    ]),
    ...phoneStarts(text).map((start) => from("subscribers", "id", "phone_digits", start)),
  ];
  if (folded.length >= INFIX_MIN) {
    sources.push(sql`(select subscriber_id from search_subscriber_ids(${text}, 50))`);
  }
  if (/^[0-9a-f]{2}([:-][0-9a-f]{2}){2,5}$|^\d{1,3}(\.\d{1,3}){3}$/i.test(text)) {
    sources.push(atAddress(tenantId, sql`o.address = ${text}`));
    sources.push(atAddress(tenantId, startsWith(sql`o.caller_id_lower`, lower.replaceAll("-", ":"))));
  }
  return sql.join(sources, UNION);
}

/** Who has a secret that was seen at an address or a device; one arm each, since an `or` would use neither index. */
function atAddress(tenantId: string, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select c.subscriber_id from observed_secrets o join subscriptions c
    on c.tenant_id = o.tenant_id and c.router_id = o.router_id and c.ppp_name = o.ppp_name
      and c.ppp_service = o.ppp_service
      and c.status <> 'cancelled'
    where o.tenant_id = ${tenantId} and ${condition} limit 50)`;
}

/** The few rows whose number begins with a text that has a digit: a prefix alone would be all of them. */
function numbered(tenantId: string, table: NumberedTable, text: string): RawBuilder<unknown>[] {
  const ids = /\d/.test(text) ? idsByNumber(tenantId, table, text) : null;
  const order = sql.raw(table === "bills" ? "asc" : "desc");
  return [ids === null ? NOBODY : sql`(${ids} order by n.number ${order} limit ${EACH_MAX})`];
}

/** Payments by number and by reference, each by its index. */
function paymentIds(tenantId: string, text: string): RawBuilder<unknown>[] {
  const reference = foldReference(text);
  const isReference = /\d/.test(reference) && reference.length >= REFERENCE_MIN;
  return [
    ...numbered(tenantId, "payments", text),
    ...(isReference
      ? [sql`(select n.id from payments n where n.tenant_id = ${tenantId}
          and n.reference_folded = ${reference} limit ${EACH_MAX})`]
      : []),
  ];
}

/** What holds a text anywhere; one that folds to nothing, as an apostrophe, is held nowhere. */
function holds(folded: RawBuilder<unknown>, text: string): RawBuilder<unknown> {
  return fold(text) === "" ? sql`false` : sql`strpos(${folded}, ${fold(text)}) > 0`;
}

/** Barangay and city are shown where the words stand in them: why a record was found has to be seen. */
function placeFound(text: string): RawBuilder<unknown> {
  return sql`(select w.place from (select concat_ws(' ', s.barangay, s.city) as words,
      concat_ws(', ', s.barangay, s.city) as place) w where ${holds(sql`fold_text(w.words)`, text)})`;
}

function isSubscriberExact(tenantId: string, text: string): RawBuilder<unknown> {
  const lower = text.normalize("NFC").toLowerCase();
  return sql`(s.account_lower = ${lower} or s.phone_digits = any(${phoneStarts(text)}::text[])
    or exists (select from subscriptions c where c.tenant_id = ${tenantId} and c.subscriber_id = s.id
      and (c.ppp_name_lower = ${lower} or lower(readable_text(c.ppp_name)) = ${lower})))`;
}
