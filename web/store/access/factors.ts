import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import { sendSqlAhead } from "../db/ahead.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** Whether the person of this id has a second factor that counts, as a part of a statement. */
export function hasFactorSql(staffUserId: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(exists (select from staff_totp f where f.staff_user_id = ${staffUserId}
      and f.confirmed_at is not null)
    or exists (select from staff_passkeys f where f.staff_user_id = ${staffUserId}))`;
}

/** Whether one of the person's roles at a company asks for a second factor, as a part of a statement. */
export function requiresFactorSql(
  tenantId: RawBuilder<unknown>,
  staffUserId: RawBuilder<unknown>,
): RawBuilder<boolean> {
  return sql<boolean>`exists (select from staff_roles fr join roles r on r.tenant_id = fr.tenant_id
      and r.id = fr.role_id where fr.tenant_id = ${tenantId} and fr.staff_user_id = ${staffUserId}
      and r.requires_second_factor)`;
}

/** Keeps everybody else out who changes somebody's factors, until this transaction ends. */
export async function lockFactors(trx: TenantTransaction, staffUserId: string): Promise<void> {
  await sendSqlAhead(
    trx,
    sql`select pg_advisory_xact_lock(hashtextextended(${"factors:" + staffUserId}, 0))`,
  );
}

/** Somebody's second factors. */
export interface FactorRows {
  /** When the app was added; null without one. */
  appSince: Temporal.Instant | null;
  appUsedAt: Temporal.Instant | null;
  passkeys: PasskeyRow[];
  codesLeft: number;
}

/** A passkey as its owner sees it. */
export interface PasskeyRow {
  id: string;
  name: string;
  rp_id: string;
  credential_id: string;
  transports: string[];
  created_at: Temporal.Instant;
  last_used_at: Temporal.Instant | null;
}

/** What somebody has; nothing of it for a stranger to the company. */
export async function findFactors(trx: TenantTransaction, staffUserId: string): Promise<FactorRows> {
  const app = await trx.selectFrom("staff_totp").select(["confirmed_at", "last_used_at"])
    .where("staff_user_id", "=", staffUserId).where("confirmed_at", "is not", null).executeTakeFirst();
  const passkeys = await trx.selectFrom("staff_passkeys")
    .select(["id", "name", "rp_id", "credential_id", "transports", "created_at", "last_used_at"])
    .where("staff_user_id", "=", staffUserId).orderBy("created_at").orderBy("id").execute();
  const codes = await trx.selectFrom("staff_recovery_codes").select(sql<number>`count(*)::int`.as("left"))
    .where("staff_user_id", "=", staffUserId).where("used_at", "is", null).executeTakeFirst();
  return {
    appSince: app?.confirmed_at ?? null,
    appUsedAt: app?.last_used_at ?? null,
    passkeys,
    codesLeft: codes?.left ?? 0,
  };
}

/** Whether somebody has a factor that counts. */
export async function findHasFactor(trx: TenantTransaction, staffUserId: string): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`select ${hasFactorSql(sql`${staffUserId}::uuid`)} as has`
    .execute(trx);
  return rows[0]?.has ?? false;
}

/** Whether a role of theirs asks for a second factor, at whichever company. */
export async function findIsRequired(trx: TenantTransaction, staffUserId: string): Promise<boolean> {
  const { rows } = await sql<{ required: boolean }>`
    select second_factor_required(${staffUserId}) as required`.execute(trx);
  return rows[0]?.required ?? true;
}

/** The secret of an app. */
export interface TotpRow {
  sealed_in: string;
  secret_sealed: string;
  confirmed_at: Temporal.Instant | null;
  /** Of the last code that was taken, in half minutes since 1970: each is taken once. */
  last_step: bigint;
}

/** Somebody's app, also one that is not confirmed yet. */
export async function findTotp(trx: TenantTransaction, staffUserId: string): Promise<TotpRow | null> {
  return await trx.selectFrom("staff_totp")
    .select(["sealed_in", "secret_sealed", "confirmed_at", "last_step"])
    .where("staff_user_id", "=", staffUserId).executeTakeFirst() ?? null;
}

/** Keeps a secret that counts for nothing until a code of it was typed; one that counts stays. */
export async function proposeTotp(
  trx: TenantTransaction,
  staffUserId: string,
  { sealed, at }: { sealed: string; at: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql`
    insert into staff_totp as known (staff_user_id, sealed_in, secret_sealed, created_at)
    values (${staffUserId}, ${trx.tenantId}, ${sealed}, ${at})
    on conflict (staff_user_id) do update set sealed_in = excluded.sealed_in,
      secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, last_step = 0
    where known.confirmed_at is null returning 1 as kept`.execute(trx);
  return rows.length > 0;
}

/** From now on the app counts. */
export async function confirmTotp(trx: TenantTransaction, staffUserId: string, at: Temporal.Instant) {
  await trx.updateTable("staff_totp").set({ confirmed_at: at }).where("staff_user_id", "=", staffUserId)
    .where("confirmed_at", "is", null).execute();
}

/** Takes a code once, and none that is older; of two at the same time one. @returns whether it was this one */
export async function takeTotpStep(
  trx: TenantTransaction,
  staffUserId: string,
  { step, at }: { step: bigint; at: Temporal.Instant },
): Promise<boolean> {
  const taken = await trx.updateTable("staff_totp").set({ last_step: step, last_used_at: at })
    .where("staff_user_id", "=", staffUserId).where("last_step", "<", step)
    .returning("staff_user_id").executeTakeFirst();
  return taken !== undefined;
}

/** A passkey as it is verified. */
export interface PasskeyKey {
  id: string;
  staff_user_id: string;
  credential_id: string;
  public_key: Uint8Array;
  counter: bigint;
  transports: string[];
  rp_id: string;
}

/** Whose passkey this is, with each company they work for; asked before anybody is known (R10). */
export async function lookupPasskey(
  db: Kysely<Database>,
  credentialId: string,
): Promise<{ staff_user_id: string; tenant_id: string }[]> {
  const { rows } = await sql<{ staff_user_id: string; tenant_id: string }>`
    select staff_user_id, tenant_id from lookup_passkey(${credentialId})`.execute(db);
  return rows;
}

/** Somebody's passkey of this credential; null when it is another person's or nobody's. Locked until commit. */
export async function lockPasskey(
  trx: TenantTransaction,
  staffUserId: string,
  credentialId: string,
): Promise<PasskeyKey | null> {
  return await trx.selectFrom("staff_passkeys")
    .select(["id", "staff_user_id", "credential_id", "public_key", "counter", "transports", "rp_id"])
    .where("staff_user_id", "=", staffUserId).where("credential_id", "=", credentialId)
    .forUpdate().executeTakeFirst() ?? null;
}

/** Adds a passkey; false when this one is somebody's already. */
export async function insertPasskey(
  trx: TenantTransaction,
  passkey: PasskeyKey & { name: string; at: Temporal.Instant },
): Promise<boolean> {
  const { at, transports, ...row } = passkey;
  const added = await trx.insertInto("staff_passkeys").values({ ...row, transports, created_at: at })
    .onConflict((conflict) => conflict.column("credential_id").doNothing())
    .returning("id").executeTakeFirst();
  return added !== undefined;
}

/** Keeps how often a passkey has signed, and when last. */
export async function usePasskey(
  trx: TenantTransaction,
  passkeyId: string,
  { counter, at }: { counter: bigint; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("staff_passkeys").set({ counter, last_used_at: at }).where("id", "=", passkeyId)
    .execute();
}

/** Takes the app away. @returns whether there was one */
export async function deleteTotp(trx: TenantTransaction, staffUserId: string): Promise<boolean> {
  const gone = await trx.deleteFrom("staff_totp").where("staff_user_id", "=", staffUserId)
    .returning("confirmed_at").executeTakeFirst();
  return (gone?.confirmed_at ?? null) !== null;
}

/** Takes one of somebody's passkeys away. @returns its name; null when it is not theirs */
export async function deletePasskey(
  trx: TenantTransaction,
  staffUserId: string,
  passkeyId: string,
): Promise<string | null> {
  const gone = await trx.deleteFrom("staff_passkeys").where("staff_user_id", "=", staffUserId)
    .where("id", "=", passkeyId).returning("name").executeTakeFirst();
  return gone?.name ?? null;
}

/** Everything that somebody signs in with besides their password. */
export async function deleteFactors(trx: TenantTransaction, staffUserId: string): Promise<void> {
  await deleteTotp(trx, staffUserId);
  await trx.deleteFrom("staff_passkeys").where("staff_user_id", "=", staffUserId).execute();
  await deleteRecoveryCodes(trx, staffUserId);
}

/** Takes all recovery codes out of use: without a factor they would open nothing. */
export async function deleteRecoveryCodes(trx: TenantTransaction, staffUserId: string): Promise<void> {
  await trx.deleteFrom("staff_recovery_codes").where("staff_user_id", "=", staffUserId).execute();
}

/** These codes and no others work from now on. */
export async function replaceRecoveryCodes(
  trx: TenantTransaction,
  staffUserId: string,
  { hashes, at }: { hashes: readonly Uint8Array[]; at: Temporal.Instant },
): Promise<void> {
  await deleteRecoveryCodes(trx, staffUserId);
  await trx.insertInto("staff_recovery_codes")
    .values(hashes.map((code_hash) => ({ staff_user_id: staffUserId, code_hash, created_at: at }))).execute();
}

/** Uses a code up, once; of two at the same time one. @returns how many are left, null when it was none that works */
export async function takeRecoveryCode(
  trx: TenantTransaction,
  staffUserId: string,
  { hash, at }: { hash: Uint8Array; at: Temporal.Instant },
): Promise<number | null> {
  const taken = await trx.updateTable("staff_recovery_codes").set({ used_at: at })
    .where("staff_user_id", "=", staffUserId).where("code_hash", "=", hash).where("used_at", "is", null)
    .returning("staff_user_id").executeTakeFirst();
  return taken === undefined ? null : (await findFactors(trx, staffUserId)).codesLeft;
}

/** When the second factor was given in a session: at once, for the session in which the first one is added. */
export async function proveSession(
  trx: TenantTransaction,
  sessionId: string,
  at: Temporal.Instant,
): Promise<void> {
  await trx.updateTable("sessions").set({ second_factor_at: at })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).execute();
}

/** When the second factor was given in a session; null when it was not. */
export async function findProvenAt(
  trx: TenantTransaction,
  sessionId: string,
): Promise<Temporal.Instant | null> {
  const found = await trx.selectFrom("sessions").select("second_factor_at")
    .where("tenant_id", "=", trx.tenantId).where("id", "=", sessionId).executeTakeFirst();
  return found?.second_factor_at ?? null;
}
