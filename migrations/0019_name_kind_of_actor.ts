import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** Audit entries say what kind of actor they are of. Those from before say nothing: their hash was made without it. */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `alter table audit_entries add column actor_kind text
      check (actor_kind in ('staff', 'subscriber', 'operator', 'agent', 'system'))`,
  );
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table audit_entries drop column actor_kind");
}
