import { allowWords, forbidWords } from "./_check_values.ts";
import { type MigrationDatabase, run, runAll } from "./_tenant_table.ts";

/** Whoever asks for a new password at the sign-in page is written down. */
const KINDS = ["link_mailed"];
const EVENTS = ["security_events", "installation_security_events"];
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
        check ((subscriber_id is null) = (to_name is not null) and (subscriber_id is not null or address is not null))`,
    "comment on column mail_messages.staff_user_id is 'Who of the staff it is to; null: a subscriber, or somebody who is none yet.'",
    "comment on column mail_messages.to_name is 'Of whom it is to, where that is no subscriber.'",
    "comment on column mail_messages.path_sealed is 'Path of its button, where that opens a door; empty once it is sent or given up.'",
    "alter table password_resets add column is_asked boolean not null default false",
    "comment on column password_resets.is_asked is 'Asked for at the sign-in page, and mailed: it opens nothing for who is with another company too.'",
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
  for (const table of EVENTS) await allowWords(db, { table, name: "kind" }, KINDS);
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
    // Without it, what was mailed would open what only a link of whoever sits at the server may.
    "alter table password_resets no force row level security",
    "update password_resets set used_at = created_at where is_asked and used_at is null",
    "alter table password_resets force row level security",
    "alter table password_resets drop column is_asked",
  ]);
  await forbidWords(db, { table: "mail_messages", name: "occasion" }, OCCASIONS);
  await run(db, "alter table security_events no force row level security");
  for (const table of EVENTS) {
    await run(db, `delete from ${table} where kind = 'link_mailed'`);
    await forbidWords(db, { table, name: "kind" }, KINDS);
  }
  await run(db, "alter table security_events force row level security");
}
