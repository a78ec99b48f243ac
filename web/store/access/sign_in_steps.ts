import { type Kysely, sql } from "kysely";
import type { Database, SignInStepsTable } from "../db/schema.ts";

/** What a step is for: the second half of a sign-in, a sign-in by a passkey alone, or something within a session. */
export type StepPurpose = SignInStepsTable["purpose"];

/** A sign-in that is not finished, or a question to a passkey. It is no session, and no route takes it for one. */
export interface StepRow {
  staff_user_id: string | null;
  workplace_id: string | null;
  /** Of the password that was right: with another one the step is worthless. */
  password_digest: Uint8Array | null;
  next_path: string | null;
  carried_form: string | null;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
}

/** By what a step is found, and what for. */
export interface StepKey {
  holderHash: Uint8Array;
  purpose: StepPurpose;
}

const ENDED_AT_ONCE = 100;

/** Begins a step in place of the one that the holder had; drops some that are over, so that they cannot fill the table. */
export async function replaceStep(
  db: Kysely<Database>,
  { holderHash, purpose }: StepKey,
  step: StepRow,
): Promise<void> {
  await db.deleteFrom("sign_in_steps").where(
    "holder_hash",
    "in",
    (eb) =>
      eb.selectFrom("sign_in_steps").select("holder_hash").where("expires_at", "<=", step.created_at)
        .orderBy("expires_at").limit(ENDED_AT_ONCE).forUpdate().skipLocked(),
  ).execute();
  const row = { ...step, purpose, challenge: null, challenge_expires_at: null };
  await db.insertInto("sign_in_steps").values({ ...row, holder_hash: holderHash })
    .onConflict((conflict) => conflict.column("holder_hash").doUpdateSet(row)).execute();
}

/** A step that is not over; null for every other. */
export async function findStep(
  db: Kysely<Database>,
  { holderHash, purpose }: StepKey,
  now: Temporal.Instant,
): Promise<StepRow | null> {
  return await db.selectFrom("sign_in_steps")
    .select([
      "staff_user_id",
      "workplace_id",
      "password_digest",
      "next_path",
      "carried_form",
      "created_at",
      "expires_at",
    ])
    .where("holder_hash", "=", holderHash).where("purpose", "=", purpose).where("expires_at", ">", now)
    .executeTakeFirst() ?? null;
}

/** What the passkey has to sign next; what it was asked before counts no more. */
export async function setChallenge(
  db: Kysely<Database>,
  { holderHash, purpose }: StepKey,
  { challenge, until }: { challenge: string; until: Temporal.Instant },
): Promise<void> {
  await db.updateTable("sign_in_steps").set({ challenge, challenge_expires_at: until })
    .where("holder_hash", "=", holderHash).where("purpose", "=", purpose).execute();
}

/** Takes what was to be signed: each is taken once, also by two at the same time. Null when there is none, or too late. */
export async function takeChallenge(
  db: Kysely<Database>,
  { holderHash, purpose }: StepKey,
  now: Temporal.Instant,
): Promise<string | null> {
  const { rows } = await sql<{ challenge: string; is_over: boolean }>`
    with asked as (select holder_hash, challenge, challenge_expires_at <= ${now} as is_over from sign_in_steps
      where holder_hash = ${holderHash} and purpose = ${purpose} and challenge is not null for update)
    update sign_in_steps s set challenge = null, challenge_expires_at = null from asked
    where s.holder_hash = asked.holder_hash returning asked.challenge, asked.is_over`.execute(db);
  const [asked] = rows;
  return asked === undefined || asked.is_over ? null : asked.challenge;
}

/** Ends a step: it was used. @returns whether it was still there */
export async function deleteStep(db: Kysely<Database>, { holderHash, purpose }: StepKey): Promise<boolean> {
  const gone = await db.deleteFrom("sign_in_steps").where("holder_hash", "=", holderHash)
    .where("purpose", "=", purpose).returning("holder_hash").executeTakeFirst();
  return gone !== undefined;
}
