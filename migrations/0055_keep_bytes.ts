import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** The letters that stand for bytes, as in shared/text/bytes_text.ts, and how each reads; a test holds both equal. */
const ESCAPES = "\\EF00" + Array.from({ length: 0x80 }, (_, i) => `\\${(0xef80 + i).toString(16)}`).join("");
const READABLE = "?€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ" +
  Array.from({ length: 0x60 }, (_, i) => String.fromCharCode(0xa0 + i)).join("");

const LETTERS = "ÐðØøĐđĦħŁłŦŧŊŋıẞÆŒÞςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ";
const PLAIN = "ddooddhhllttnnißæœþσαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ";
const DROPPED =
  "[\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f" +
  "''`\\u2018-\\u201b\\u02b9-\\u02bf\\u2032\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\ufeff]";
const GAPS = "[\\u0001-\\u0020\\u007f-\\u00a0.,\\u002d\\u2010-\\u2015\\u2028\\u2029\\u2212]+";

/**
 * Texts of a router keep their bytes, each that is no UTF-8 as a letter of the private use area: they are found, and
 * sorted, by the letters that people read. No stored text holds such letters but where this was taken back and is done
 * again: only their rows are written anew. What an import lists is bounded as what it reads is. Whether an agent tells
 * services apart is kept from what it says when it connects, so that an import can say what it will not manage.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create function readable_text(value text) returns text
      language sql immutable strict parallel safe as $$
        select case when value collate "C" ~ '[\\uef00\\uef80-\\uefff]'
          then pg_catalog.translate(value, U&'${ESCAPES}', '${READABLE}') else value end $$`,
    "alter table agents add column tells_services_apart boolean not null default false",
    foldText("public.readable_text(value)"),
    sortText("public.readable_text(value)"),
    ...["ppp_name", "profile"].map((column) =>
      `alter table import_rows add constraint import_rows_${column}_length check (length(${column}) <= 256)`
    ),
    ...Object.entries(FOUND_BY).flatMap(([table, columns]) => foldAgain(table, columns)),
  ]);
}

/** Columns that are found or sorted by their letters. */
const FOUND_BY = {
  subscribers: ["name", "address", "barangay", "city"],
  subscriptions: ["ppp_name"],
  import_rows: ["ppp_name", "name", "comment"],
  sites: ["name"],
  plans: ["name"],
  routers: ["name"],
};

/** A generated column is made anew when its row is written. */
function foldAgain(table: string, columns: readonly string[]): string[] {
  return [
    `alter table ${table} no force row level security`,
    `update ${table} set ${columns[0]} = ${columns[0]}
      where concat(${columns.join(", ")}) collate "C" ~ '[\\uef00\\uef80-\\uefff]'`,
    `alter table ${table} force row level security`,
  ];
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    ...["ppp_name", "profile"].map((column) =>
      `alter table import_rows drop constraint import_rows_${column}_length`
    ),
    sortText("value"),
    foldText("value"),
    "alter table agents drop column tells_services_apart",
  ]);
  await run(db, "drop function readable_text(text)");
}

function foldText(value: string): string {
  return `create or replace function fold_text(value text) returns text
    language sql immutable strict parallel safe as $$
      select pg_catalog.btrim(pg_catalog.regexp_replace(
        pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
          pg_catalog.translate(pg_catalog.lower(pg_catalog.regexp_replace(
            normalize(pg_catalog.replace(${value}, U&'\\00b4', ''), NFKD) collate "C",
            '${DROPPED}', '', 'g')), '${LETTERS}', '${PLAIN}'),
          'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        '${GAPS}', ' ', 'g')) $$`;
}

function sortText(value: string): string {
  return `create or replace function sort_text(value text) returns text
    language sql immutable strict parallel safe as $$
      select public.fold_text(pg_catalog.regexp_replace(normalize(${value}, NFD) collate "C",
        '([nN])\\u0303', '\\1' || U&'\\+10fffd', 'g')) $$`;
}
