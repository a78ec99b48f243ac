import { exposeFunction, type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/**
 * A bill run leaves one row for the mails of a batch of bills, and the worker writes their messages a moment later: a
 * message beside each bill was a fifth of what a run costs.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table unwritten_mails (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      bill_ids uuid[] not null check (cardinality(bill_ids) > 0),
      created_at timestamptz not null,
      created_on date not null,
      created_by text not null,
      primary key (tenant_id, id)
    )`,
    "comment on table unwritten_mails is 'Bills of a run that are to be mailed and have no message yet; gone with the transaction that writes them.'",
    "comment on column unwritten_mails.created_on is 'Business date, as their messages will have it.'",
    // Asked before the tenant is known (decision R10); it returns ids only.
    `create function lookup_unwritten_mails() returns table (tenant_id uuid, id uuid)
      language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
        select u.tenant_id, u.id from public.unwritten_mails u order by u.created_at, u.id $$`,
  ]);
  await protectTenantTable(db, "unwritten_mails", "select, insert, update, delete", { isLookup: true });
  await exposeFunction(db, "lookup_unwritten_mails()");
}

/** Refuses while mails wait to be written, which nobody would write then. */
export async function down(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `do $$ begin
      if exists (select from unwritten_mails) then
        raise exception 'mails of a bill run wait to be written: start the web of this version once';
      end if;
    end $$`,
  );
  await runAll(db, ["drop function lookup_unwritten_mails()", "drop table unwritten_mails"]);
}
