import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

const OCCASIONS = ["staff_invited", "password_reset", "new_device", "approval_asked", "approval_decided"];

/**
 * Mail to the company's own people lies in the same outbox: such a message has no subscriber but a name, and perhaps who of
 * the staff it is. What of it opens a door is sealed, and gone in the moment in which it is sent or given up; that is the
 * database's doing, so that no way to end a message can forget it, nor a web of the release before.
 *
 * That web reads them as messages whose subscriber has no address, and skips them; it shows none of them.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await runAll(db, [
    "alter table mail_messages alter column subscriber_id drop not null",
    `alter table mail_messages
      add column staff_user_id uuid,
      add column to_name text check (length(to_name) <= 120),
      add column path_sealed text,
      add constraint mail_messages_to_somebody
        check ((subscriber_id is null) = (to_name is not null) and (subscriber_id is not null or address is not null)) not valid`,
    "comment on column mail_messages.staff_user_id is 'Who of the staff it is to; null: a subscriber, or somebody who is none yet.'",
    "comment on column mail_messages.to_name is 'Of whom it is to, where that is no subscriber.'",
    "comment on column mail_messages.path_sealed is 'Path of its button, where that opens a door; empty once it is sent or given up.'",
    `create index mail_messages_to_staff on mail_messages (tenant_id, id) where subscriber_id is null`,
    `create index mail_messages_sealed on mail_messages (tenant_id, id) where path_sealed is not null`,
    `create function forget_mail_path() returns trigger
      language plpgsql set search_path = pg_catalog, public, pg_temp as $$
      begin
        new.path_sealed := null;
        return new;
      end $$`,
    `create trigger mail_path_is_forgotten before update of state on mail_messages
      for each row when (old.path_sealed is not null and new.state <> 'queued') execute function forget_mail_path()`,
  ]);
  await allowWords(db, { table: "mail_messages", name: "occasion" }, OCCASIONS);
}

/** Mails to staff go with it: nothing of before could say whom they are to. */
export async function down(db: MigrationDatabase): Promise<void> {
  const tables = ["mail_messages", "mail_refusals", "mail_handovers"];
  for (const table of tables) await run(db, `alter table ${table} no force row level security`);
  for (const table of ["mail_refusals", "mail_handovers"]) {
    await run(
      db,
      `delete from ${table} r using mail_messages m
        where m.tenant_id = r.tenant_id and m.id = r.message_id and m.subscriber_id is null`,
    );
  }
  await run(db, "delete from mail_messages where subscriber_id is null");
  for (const table of tables) await run(db, `alter table ${table} force row level security`);
  await runAll(db, [
    "drop trigger mail_path_is_forgotten on mail_messages",
    "drop function forget_mail_path()",
    "drop index mail_messages_sealed",
    "drop index mail_messages_to_staff",
    `alter table mail_messages drop constraint mail_messages_to_somebody, drop column path_sealed,
      drop column to_name, drop column staff_user_id`,
    "alter table mail_messages alter column subscriber_id set not null",
  ]);
  await forbidWords(db, { table: "mail_messages", name: "occasion" }, OCCASIONS);
}
