import { appRole, exposeFunction, type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const IN_BOOKS = ["bills", "ledger_transactions"];

/**
 * What came after what is told by an order that no clock makes: of the books by a number that is taken behind the
 * subscriber's lock, of a mail and what was done after it by the audit trail. What is there already keeps the order of its
 * times: its place is 0, before all others. And how long a mail has waited is counted from when it was queued last.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  const role = await appRole(db);
  await runAll(db, [
    // Without a cache: a session that took ten of them beforehand would post with an old one.
    "create sequence book_places cache 1",
    `grant usage on sequence book_places to ${role}`,
    `create function book_place() returns bigint language plpgsql set search_path = pg_catalog, public, pg_temp as $$
      declare place text := nullif(current_setting('linya.book_place', true), '');
      begin
        if place is null then
          place := nextval('public.book_places');
          perform set_config('linya.book_place', place, true);
        end if;
        return place;
      end $$`,
    "comment on function book_place() is 'The place of this transaction in the books: one number, taken with its first posting.'",
  ]);
  await exposeFunction(db, "book_place()");
  for (const table of IN_BOOKS) {
    await runAll(db, [
      `alter table ${table} add column book_place bigint not null default 0`,
      `alter table ${table} alter column book_place set default book_place()`,
      `comment on column ${table}.book_place is
        'Order in which the books of a subscriber were written, whatever the clock said; 0: by its time, before all others.'`,
    ]);
  }
  await runAll(db, [
    "alter table mail_messages add column queued_at timestamptz, add column sent_after_audit bigint",
    "comment on column mail_messages.queued_at is 'When it was queued again after it was skipped; null: when it was made.'",
    "comment on column mail_messages.sent_after_audit is 'The last entry of the audit trail when it was sent.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table mail_messages drop column sent_after_audit, drop column queued_at");
  for (const table of IN_BOOKS) await run(db, `alter table ${table} drop column book_place`);
  await runAll(db, ["drop function book_place()", "drop sequence book_places"]);
}
