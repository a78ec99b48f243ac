import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/** Bills are mailed many at once, as reminders are. */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    `alter table mail_batches add column occasion text not null default 'reminder'
      check (occasion in ('reminder', 'bill_issued')),
      add column is_again boolean not null default false, add column mail_ids uuid[] not null default '{}'`,
    "comment on table mail_batches is 'Reminders or bills that a person mailed many of at once.'",
    "comment on column mail_batches.is_again is 'Also bills that were mailed before.'",
    "comment on column mail_batches.mail_ids is 'Messages of bills that it has queued; those of reminders are known by their key.'",
    "comment on column mail_batches.queued is 'Of these, how many are mailed.'",
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "delete from mail_batches where occasion <> 'reminder'",
    "alter table mail_batches drop column mail_ids, drop column is_again, drop column occasion",
    "comment on table mail_batches is 'Reminders of many bills that a person sent at once.'",
    "comment on column mail_batches.queued is 'Of these, how many got a reminder.'",
  ]);
}
