import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** Why an agent was sent away at its hello; a greeting takes it away again. */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    `alter table agent_presence
      add column refused_at timestamptz,
      add column refused_reason text check (length(refused_reason) <= 300),
      add check ((refused_at is null) = (refused_reason is null))`,
  );
}

export async function down(db: MigrationDatabase): Promise<void> {
  await run(db, "alter table agent_presence drop column refused_reason, drop column refused_at");
}
