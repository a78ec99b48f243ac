import assert from "node:assert/strict";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { DATA_TABLES } from "@/web/store/privacy/personal_data.ts";
import { asSuperuserQuery } from "./query.ts";

/** Tables with texts in which nothing of a subscriber stands; a new table is erased from, or named here on purpose. */
const NOT_OF_PEOPLE = new Set([
  ...["agent_presence", "agents", "audit_checks", "book_checks", "clock_moves", "clock_watches"],
  ...["enrolment_codes", "installation_security_events", "kysely_migration", "kysely_migration_lock"],
  ...["ledger_accounts", "mail_senders", "mail_servers", "mail_texts", "number_series", "outage_reviews"],
  ...["password_resets", "plan_prepaid_units", "plan_prices", "plans", "ppp_profiles", "rate_limits"],
  ...[
    "reminder_settings",
    "role_limits",
    "role_permissions",
    "roles",
    "router_states",
    "routers",
    "security_events",
  ],
  // Of staff: what they sign in with, and what the company has set. A form in a sign-in is sealed and minutes old.
  ...[
    "approval_policies",
    "approval_secrets",
    "sign_in_steps",
    "staff_passkeys",
    "staff_totp",
    "approval_settings",
  ],
  ...["sessions", "setup_codes", "sites", "staff_invites", "staff_memberships", "staff_users", "tenant_keys"],
  ...["tenant_logos", "tenants", "consent_texts"],
  // Words of the program, numbers, and names of staff.
  ...["charged_periods", "credit_sources", "first_purchases", "late_fees", "ledger_entries", "mail_batches"],
  ...["mode_changes", "payer_changes", "prepaid_purchases", "subscriber_consents", "unwritten_mails"],
  // By erase_audit_words.
  "audit_entries",
  // The reason of a request is not kept once it is done; a test of the erasure looks for it.
  "erasures",
]);

/** Of the company, of the program, or of staff: what an erasure looks for a person in, and what is none of their data. */
const NOT_THEIRS = new Set([
  ...["saved_views", "staff_preferences", "outages", "runs", "import_batches", "audit_known_breaks"],
  // What was told to routers, by the names that the connections have.
  ...["desired_secrets", "disable_authorisations", "commands", "command_parts"],
  // Sentences over their entries of the ledger.
  "ledger_transactions",
  // A note that goes to each request, and is taken away with the last.
  "decision_batches",
]);

/** Source of the functions that take a person's words out. */
const SOURCE = `select string_agg(prosrc, ' ') as source from pg_proc
  where proname in ('erase_subscriber_words', 'erase_wide_words', 'erase_batch_words', 'erase_log_words')`;

Deno.test("what an erasure takes words out of is in the file of somebody's data, or is none of theirs", async () => {
  await using database = await createTestDatabase();
  const [{ source } = assert.fail()] = await asSuperuserQuery<{ source: string }>(database, SOURCE);
  const erased = new Set(source.match(/(?<=(?:update|delete from) public\.)\w+/g));
  assert.ok(erased.size > 30);
  const kept = [...erased].filter((table) => !DATA_TABLES.includes(table) && !NOT_THEIRS.has(table));
  assert.deepEqual(kept, []);
  // Whatever names a subscriber has a row of theirs.
  const named = await asSuperuserQuery<{ name: string }>(
    database,
    `select distinct c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'subscriber_id'`,
  );
  const forgotten = named.filter(({ name }) => !DATA_TABLES.includes(name)).map(({ name }) => name);
  assert.deepEqual(forgotten, []);
});

Deno.test("every table that holds texts is one that an erasure looks at, or holds nothing of a subscriber", async () => {
  await using database = await createTestDatabase();
  const [{ source } = assert.fail()] = await asSuperuserQuery<{ source: string }>(database, SOURCE);
  const tables = await asSuperuserQuery<{ name: string }>(
    database,
    `select distinct c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      and not a.attisdropped and a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
  );
  const erased = (name: string) => new RegExp(`(?:update|delete from) public\\.${name}\\b`).test(source);
  const forgotten = tables.filter(({ name }) => !erased(name) && !NOT_OF_PEOPLE.has(name)).map(({ name }) =>
    name
  );
  assert.deepEqual(forgotten, []);
});
