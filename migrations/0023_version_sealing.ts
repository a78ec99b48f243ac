import { type MigrationDatabase, run } from "./_tenant_table.ts";

/** What is to be known of a column, where its type is made from (`deno task gen`). */
const COMMENTS: readonly (readonly [column: string, text: string])[] = [
  ["tenants.lead_days", "Days before the period that an advance bill is made."],
  [
    "tenants.suspended_policy_on",
    "First day of that policy: what was charged before stays charged. Null: it was never changed.",
  ],
  ["tenants.stop_after_unpaid_bills", "0 = bills never stop."],
  ["tenants.brand_colour", "`#rrggbb`, lower case."],
  ["tenants.settings_saves", "Section to who saved it last, when, and how often; parsed in settings.ts."],
  ["tenants.setup_progress", "Step of the first set-up to what became of it; parsed in setup_progress.ts."],
  ["subscriptions.next_plan_on", "First day of the cycle from which the next plan counts."],
  [
    "subscriptions.stopped_from_on",
    "First day that is not billed because too many bills are unpaid: for termination.",
  ],
  [
    "subscriptions.secret",
    "Who made the PPP secret. `wanted`: it is not on the router yet, and no desired state names it.",
  ],
  ["subscriptions.secret_command_id", "The last command that makes the secret or gives it a new password."],
  ["subscriptions.activation", "What ends Pending install: a day, the first session, or a person."],
  ["runs.status", "`taken_back`: it ran on a day that had not come, and does not count for its day."],
  ["saved_views.list", "Which list: `subscribers`, `bills`, …"],
  ["saved_views.query", "The filters, as the query of the list's address."],
  ["clock_moves.reached_on", "The last day that was played."],
  [
    "clock_watches.seen_at",
    "What the clock said; while it is doubted, what it should say by the machine's count.",
  ],
  ["clock_watches.doubt", "Null: the clock is believed."],
  ["clock_watches.doubted_at", "What the clock said when it was first doubted."],
];

/**
 * The newest sealed envelope that an agent opens: one that was enrolled before this only knows the first. And the
 * comments of columns, which stood beside their types while those were written by hand.
 */
export async function up(db: MigrationDatabase): Promise<void> {
  await run(
    db,
    "alter table agents add column seal_version smallint not null default 1 check (seal_version >= 1)",
  );
  for (const [column, text] of COMMENTS) {
    await run(db, `comment on column ${column} is '${text.replaceAll("'", "''")}'`);
  }
}

export async function down(db: MigrationDatabase): Promise<void> {
  for (const [column] of COMMENTS) await run(db, `comment on column ${column} is null`);
  await run(db, "alter table agents drop column seal_version");
}
