import { type MigrationDatabase, protectTenantTable, run, runAll } from "./_tenant_table.ts";

/** Requests that a person decides together: a job does it, one after the other, and says of each what has become of it. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `create table decision_batches (
      tenant_id uuid not null references tenants (id),
      id uuid not null,
      decision text not null check (decision in ('approve', 'decline')),
      note text check (length(note) between 1 and 200),
      shown jsonb not null,
      results jsonb not null default '[]',
      total integer not null check (total > 0),
      done integer not null default 0 check (done between 0 and total),
      created_at timestamptz not null,
      decided_by_id uuid,
      decided_by text not null,
      finished_at timestamptz,
      primary key (tenant_id, id),
      check ((finished_at is null) = (done < total))
    )`,
    "comment on column decision_batches.shown is 'Of each request id, revision and hash, as they were shown.'",
    "comment on column decision_batches.results is 'Of each that was decided, in their order, what became of it.'",
    "comment on column decision_batches.note is 'Goes to each request, and is taken away with the last.'",
  ]);
  await protectTenantTable(db, "decision_batches", "select, insert, update");
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "drop table decision_batches");
}
