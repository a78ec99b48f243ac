import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** As in shared/text/fold.ts; a test holds both equal. */
const LETTERS = "ÐðØøĐđĦħŁłŦŧŊŋıẞÆŒÞςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ";
const PLAIN = "ddooddhhllttnnißæœþσαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ";
const DROPPED =
  "[\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f" +
  "''`\\u2018-\\u201b\\u02b9-\\u02bf\\u2032\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff]";
const GAPS = "[\\u0001-\\u0020\\u007f-\\u00a0.,\\u002d\\u2010-\\u2015\\u2028\\u2029\\u2212]+";

const WORDS = ["name", "account_number", "phone", "address", "barangay", "city"]
  .map((column) => `coalesce(${column}, '')`).join(" || ' ' || ");
/** Folded text is compared by its bytes: a range of it is a prefix, on every server. */
const folded = (column: string, of: string) =>
  `add column ${column} text collate "C" not null generated always as (fold_text(${of})) stored`;
const sorted = (of: string) =>
  `add column name_sort text collate "C" not null generated always as (sort_text(${of})) stored`;

const PLACES = ["sites", "plans"] as const;

/**
 * The search folds accents, in stored columns with an index each; ñ and n stay apart in sorting. Each table is
 * rewritten once. The `unaccent` extension is missing on some servers and not immutable on any; what counts as one
 * letter stands in a function of our own, in words that no locale changes.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await createFold(db);
  await runAll(db, [
    `alter table subscribers ${
      folded("name_folded", "name")
    }, add column address_folded text collate "C" generated always as (fold_text(address)) stored,
      ${folded("words_folded", WORDS)}, ${sorted("name")}, drop column name_lower`,
    "drop index subscribers_words",
    "drop index subscribers_address_trigrams",
    "create index subscribers_by_name on subscribers (tenant_id, name_sort, id)",
    "create index subscribers_name_prefix on subscribers (tenant_id, name_folded)",
    "create index subscribers_name_trigrams on subscribers using gin (name_folded gin_trgm_ops)",
    "create index subscribers_address_trigrams on subscribers using gin (address_folded gin_trgm_ops)",
    "create index subscribers_words on subscribers using gin (words_folded gin_trgm_ops)",
    `alter table subscriptions ${folded("ppp_name_folded", "ppp_name")}`,
    "create index subscriptions_ppp_prefix on subscriptions (tenant_id, ppp_name_folded)",
    "create index subscriptions_ppp_trigrams on subscriptions using gin (ppp_name_folded gin_trgm_ops)",
    `alter table import_rows ${
      folded(
        "words_folded",
        "coalesce(ppp_name, '') || ' ' || coalesce(name, '') || ' ' || coalesce(phone, '') || ' ' || coalesce(comment, '')",
      )
    }, ${sorted("coalesce(name, ppp_name)")}`,
    ...PLACES.map((table) => `alter table ${table} ${folded("name_folded", "name")}, ${sorted("name")}`),
    `alter table routers ${folded("name_folded", "name")}, ${sorted("name")},
      ${folded("words_folded", "name || ' ' || host")}`,
    SEARCH,
    SIMILAR_FOLDED,
  ]);
}

async function createFold(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    // lower() of the "C" collation turns A to Z alone, and the rest stands in the table: the same everywhere.
    `create function fold_text(value text) returns text
      language sql immutable strict parallel safe as $$
        select pg_catalog.btrim(pg_catalog.regexp_replace(
          pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
            pg_catalog.translate(pg_catalog.lower(pg_catalog.regexp_replace(
              normalize(pg_catalog.replace(value, U&'\\00b4', ''), NFKD) collate "C",
              '${DROPPED}', '', 'g')), '${LETTERS}', '${PLAIN}'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
          '${GAPS}', ' ', 'g')) $$`,
    // U+10FFFD: behind every letter that may follow an n, before the next one.
    `create function sort_text(value text) returns text
      language sql immutable strict parallel safe as $$
        select public.fold_text(pg_catalog.regexp_replace(normalize(value, NFD) collate "C",
          '([nN])\\u0303', '\\1' || U&'\\+10fffd', 'g')) $$`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table routers drop column words_folded, drop column name_sort, drop column name_folded`,
    ...PLACES.map((table) => `alter table ${table} drop column name_sort, drop column name_folded`),
    "alter table import_rows drop column name_sort, drop column words_folded",
    "alter table subscriptions drop column ppp_name_folded",
    `alter table subscribers drop column words_folded, drop column address_folded, drop column name_folded,
      drop column name_sort,
      add column name_lower text collate "C" not null generated always as (lower(name)) stored`,
    "create index subscribers_by_name on subscribers (tenant_id, name_lower, id)",
    "create index subscribers_name_trigrams on subscribers using gin (name_lower gin_trgm_ops)",
    "create index subscribers_address_trigrams on subscribers using gin (lower(address) gin_trgm_ops)",
    `create index subscribers_words on subscribers using gin ((lower(${
      LOWER_WORDS.replaceAll("s.", "")
    })) gin_trgm_ops)`,
    SEARCH_LOWER,
    SIMILAR_LOWER,
    "drop function sort_text(text)",
    "drop function fold_text(text)",
  ]);
}

const OWN_TENANT = "own as (select nullif(current_setting('app.tenant', true), '')::uuid as tenant_id)";
const ESCAPED = (text: string) => `replace(replace(replace(${text}, '\\', '\\\\'), '%', '\\%'), '_', '\\_')`;
const DEFINER = "language sql stable security definer set search_path = pg_catalog, public, pg_temp";

/** Words that fold to nothing, as one apostrophe, are in no text; no words at all are in every one. */
export const SEARCH = `create or replace function search_subscriber_ids(words text, most integer)
    returns table (subscriber_id uuid) ${DEFINER} as $$
  with ${OWN_TENANT},
  wanted as (select fold_text(words) as w),
  pattern as (select '%' || ${ESCAPED("w")} || '%' as p from wanted where w <> '' or btrim(words) = '')
  select found.id from (
    select s.id, s.name_sort from public.subscribers s, own, pattern
      where s.tenant_id = own.tenant_id and s.words_folded like pattern.p
    union
    select s.id, s.name_sort from public.subscriptions c
      join public.subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id, own, pattern
      where c.tenant_id = own.tenant_id and c.ppp_name_folded like pattern.p
  ) found order by found.name_sort, found.id limit least(most, 1000) $$`;

const SIMILAR_FOLDED = similar({
  name: "s.name_folded",
  nameWanted: "fold_text(name_wanted)",
  address: "s.address_folded",
  addressWanted: "fold_text(address_wanted)",
});

const LOWER_WORDS = "s.name || ' ' || s.account_number || ' ' || coalesce(s.phone, '') || ' ' || " +
  "coalesce(s.address, '') || ' ' || coalesce(s.barangay, '') || ' ' || coalesce(s.city, '')";

const SEARCH_LOWER = `create or replace function search_subscriber_ids(words text, most integer)
    returns table (subscriber_id uuid) ${DEFINER} as $$
  with ${OWN_TENANT},
  pattern as (select '%' || ${ESCAPED("lower(words)")} || '%' as p)
  select found.id from (
    select s.id, s.name_lower from public.subscribers s, own, pattern
      where s.tenant_id = own.tenant_id and lower(${LOWER_WORDS}) like pattern.p
    union
    select s.id, s.name_lower from public.subscriptions c
      join public.subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id, own, pattern
      where c.tenant_id = own.tenant_id and c.ppp_name_lower like pattern.p
  ) found order by found.name_lower, found.id limit least(most, 1000) $$`;

const SIMILAR_LOWER = similar({
  name: "s.name_lower",
  nameWanted: "lower(name_wanted)",
  address: "lower(s.address)",
  addressWanted: "lower(address_wanted)",
});

function similar(of: { name: string; nameWanted: string; address: string; addressWanted: string }): string {
  return `create or replace function find_similar_subscribers
      (name_wanted text, phone_end text, email_wanted text, address_wanted text, most integer)
    returns table (subscriber_id uuid, name_score real, address_score real, same_phone boolean, same_email boolean)
    ${DEFINER} set pg_trgm.similarity_threshold = 0.4 as $$
    with ${OWN_TENANT},
    candidates as (
      select s.id from public.subscribers s, own
        where s.tenant_id = own.tenant_id and ${of.name} % ${of.nameWanted}
      union select s.id from public.subscribers s, own
        where s.tenant_id = own.tenant_id and phone_end <> '' and right(s.phone_digits, 10) = phone_end
      union select s.id from public.subscribers s, own
        where s.tenant_id = own.tenant_id and email_wanted <> '' and lower(s.email) = lower(email_wanted)
      union select s.id from public.subscribers s, own
        where s.tenant_id = own.tenant_id and address_wanted <> '' and ${of.address} % ${of.addressWanted})
    select s.id, similarity(${of.name}, ${of.nameWanted}),
      case when address_wanted = '' then 0
        else similarity(coalesce(${of.address}, ''), ${of.addressWanted}) end,
      phone_end <> '' and right(coalesce(s.phone_digits, ''), 10) = phone_end,
      email_wanted <> '' and lower(coalesce(s.email, '')) = lower(email_wanted)
    from public.subscribers s, own
    where s.tenant_id = own.tenant_id and s.id in (select id from candidates)
    order by 4 desc, 5 desc, 2 desc, s.id limit least(most, 50) $$`;
}
