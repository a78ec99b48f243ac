import { type MigrationDatabase, runAll } from "./_tenant_table.ts";

/**
 * A bill run writes a message beside each bill, and each key and index of it is paid for a second and a third time when
 * the message goes out.
 * What a list asks of other messages is an index of those.
 *
 * The two keys that go say nothing new: a message is written from the rows of its subscriber and bill, and neither can
 * go. Bills are never deleted; a subscriber only with an import that is undone, whose connections, payments and memos
 * keep their keys.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table mail_messages drop constraint mail_messages_tenant_id_subscriber_id_fkey",
    "alter table mail_messages drop constraint mail_messages_tenant_id_bill_id_fkey",
    "drop index mail_messages_by_state",
    "drop index mail_messages_by_occasion",
    `create index mail_messages_by_state on mail_messages (tenant_id, state, id)
      where state in ('failed', 'refused', 'skipped')`,
    `create index mail_messages_by_occasion on mail_messages (tenant_id, occasion, id) include (state)
      where occasion <> 'bill_issued'`,
  ]);
}

export async function down(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "drop index mail_messages_by_occasion",
    "drop index mail_messages_by_state",
    "create index mail_messages_by_state on mail_messages (tenant_id, state, id)",
    "create index mail_messages_by_occasion on mail_messages (tenant_id, occasion, id) include (state)",
    `alter table mail_messages add constraint mail_messages_tenant_id_bill_id_fkey
      foreign key (tenant_id, bill_id) references bills (tenant_id, id)`,
    `alter table mail_messages add constraint mail_messages_tenant_id_subscriber_id_fkey
      foreign key (tenant_id, subscriber_id) references subscribers (tenant_id, id)`,
  ]);
}
