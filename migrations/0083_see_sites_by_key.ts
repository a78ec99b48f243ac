import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/**
 * Whether a subscriber has a connection at a router is asked for each row that somebody sees who is limited to some sites:
 * an entry of this index answers, and nobody reads the connection itself.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index subscriptions_by_subscriber",
    "create index subscriptions_by_subscriber on subscriptions (tenant_id, subscriber_id, router_id)",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index subscriptions_by_subscriber",
    "create index subscriptions_by_subscriber on subscriptions (tenant_id, subscriber_id)",
  ]);
}
