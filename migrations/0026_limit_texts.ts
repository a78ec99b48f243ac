import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** The most characters of what people type, as `web/domain/<word>/limits.ts` has them; a test compares both. */
const LIMITS = {
  plans: { ppp_profile: 128, speed: 80 },
  subscribers: { phone: 40, email: 254, address: 400, notes: 2000 },
  subscriptions: { ppp_name: 128 },
  import_rows: { name: 160, phone: 40 },
  payments: { reference: 200, note: 200 },
  holds: { reason: 200 },
  cut_exclusions: { reason: 200 },
  routers: { host: 253, username: 100 },
  staff_users: { name: 120, email: 200 },
} as const;

/**
 * A text that is too long already is never cut: then its limit counts for what is written from now on. Only a plan's
 * profile is let go, which an import took over at any length: no agent could have been told of it.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(db, "update plans set ppp_profile = null where length(ppp_profile) > 128");
  for (const [table, columns] of Object.entries(LIMITS)) {
    for (const [column, most] of Object.entries(columns)) {
      const name = `${table}_${column}_length`;
      await runAll(db, [
        `alter table ${table} add constraint ${name} check (length(${column}) <= ${most}) not valid`,
        `do $$ begin alter table ${table} validate constraint ${name};
          exception when check_violation then null; end $$`,
      ]);
    }
  }
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const [table, columns] of Object.entries(LIMITS)) {
    for (const column of Object.keys(columns)) {
      await run(db, `alter table ${table} drop constraint ${table}_${column}_length`);
    }
  }
}
