import { type Kysely, sql } from "kysely";
import type { Database } from "../db/schema.ts";
import type { TenantTransaction } from "../db/tenant_transaction.ts";

/** An invitation, and which roles it gives. */
export interface InviteRow {
  id: string;
  email: string;
  name: string;
  /** Of whoever made or renewed it last. */
  invited_by: string;
  invited_by_name: string;
  created_at: Temporal.Instant;
  expires_at: Temporal.Instant;
  accepted_at: Temporal.Instant | null;
  withdrawn_at: Temporal.Instant | null;
  roles: { id: string; name: string; isBuiltin: boolean }[];
}

/** Where an open invitation with this hash belongs; asked before the tenant is known (R10). */
export async function lookupInvite(
  db: Kysely<Database>,
  codeHash: Uint8Array,
): Promise<{ invite_id: string; tenant_id: string } | null> {
  const { rows } = await sql<{ invite_id: string; tenant_id: string }>`
    select invite_id, tenant_id from lookup_invite(${codeHash})`.execute(db);
  return rows[0] ?? null;
}

/** Invitations that were neither accepted nor withdrawn, also those that have run out: the newest first. */
export async function listOpenInvites(trx: TenantTransaction, inviteId?: string): Promise<InviteRow[]> {
  const { rows } = await sql<InviteRow>`
    select i.id, i.email, i.name, i.invited_by, i.invited_by_name, i.created_at, i.expires_at, i.accepted_at,
      i.withdrawn_at,
      coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'isBuiltin', r.is_builtin)
          order by r.is_builtin desc, lower(r.name), r.id)
        from staff_invite_roles ir join roles r on r.tenant_id = ir.tenant_id and r.id = ir.role_id
        where ir.tenant_id = i.tenant_id and ir.invite_id = i.id), '[]') as roles
    from staff_invites i
    where i.tenant_id = ${trx.tenantId} and i.accepted_at is null and i.withdrawn_at is null
      and (${inviteId ?? null}::uuid is null or i.id = ${inviteId ?? null}::uuid)
    order by i.created_at desc, i.id`.execute(trx);
  return rows;
}

/** One that is still open; null for every other. */
export async function findOpenInvite(trx: TenantTransaction, inviteId: string): Promise<InviteRow | null> {
  return (await listOpenInvites(trx, inviteId))[0] ?? null;
}

export interface NewInvite {
  id: string;
  codeHash: Uint8Array;
  email: string;
  name: string;
  invitedBy: string;
  invitedByName: string;
  at: Temporal.Instant;
  expiresAt: Temporal.Instant;
  roleIds: readonly string[];
}

export async function insertInvite(trx: TenantTransaction, invite: NewInvite): Promise<void> {
  await trx.insertInto("staff_invites").values({
    tenant_id: trx.tenantId,
    id: invite.id,
    code_hash: invite.codeHash,
    email: invite.email,
    name: invite.name,
    invited_by: invite.invitedBy,
    invited_by_name: invite.invitedByName,
    created_at: invite.at,
    expires_at: invite.expiresAt,
  }).execute();
  if (invite.roleIds.length === 0) return;
  await trx.insertInto("staff_invite_roles").values(
    invite.roleIds.map((role_id) => ({ tenant_id: trx.tenantId, invite_id: invite.id, role_id })),
  ).execute();
}

/** Gives an invitation another code and more time: the link before it is worthless. */
export async function renewInvite(
  trx: TenantTransaction,
  inviteId: string,
  given: Pick<NewInvite, "codeHash" | "invitedBy" | "invitedByName" | "at" | "expiresAt">,
): Promise<void> {
  await trx.updateTable("staff_invites").set({
    code_hash: given.codeHash,
    invited_by: given.invitedBy,
    invited_by_name: given.invitedByName,
    created_at: given.at,
    expires_at: given.expiresAt,
  }).where("tenant_id", "=", trx.tenantId).where("id", "=", inviteId).execute();
}

export async function withdrawInvites(
  trx: TenantTransaction,
  which: { inviteId: string } | { invitedBy: string },
  at: Temporal.Instant,
): Promise<{ id: string; email: string }[]> {
  return await trx.updateTable("staff_invites").set({ withdrawn_at: at })
    .where("tenant_id", "=", trx.tenantId).where("accepted_at", "is", null).where("withdrawn_at", "is", null)
    .where((eb) =>
      "inviteId" in which ? eb("id", "=", which.inviteId) : eb("invited_by", "=", which.invitedBy)
    ).returning(["id", "email"]).execute();
}

/** Uses an invitation up. */
export async function acceptInvite(
  trx: TenantTransaction,
  inviteId: string,
  { by, at }: { by: string; at: Temporal.Instant },
): Promise<void> {
  await trx.updateTable("staff_invites").set({ accepted_at: at, accepted_by: by })
    .where("tenant_id", "=", trx.tenantId).where("id", "=", inviteId).execute();
}

/** Makes the person of a live session, who is invited at their address, a member; null when they are not the one. */
export async function joinByInvite(
  trx: TenantTransaction,
  { codeHash, tokenHash }: { codeHash: Uint8Array; tokenHash: Uint8Array },
): Promise<string | null> {
  const { rows } = await sql<{ person: string | null }>`
    select join_by_invite(${codeHash}, ${tokenHash}) as person`.execute(trx);
  return rows[0]?.person ?? null;
}

/**
 * A session for a moment, at a company where the person is or was: the proof, which {@linkcode joinByInvite} asks for, that
 * they have just given their password. It goes by the database's own clock.
 */
export async function insertProof(
  trx: TenantTransaction,
  proof: { id: string; tokenHash: Uint8Array; staffUserId: string },
): Promise<void> {
  await sql`insert into sessions (tenant_id, id, token_hash, staff_user_id, created_at, last_seen_at, expires_at)
    values (${trx.tenantId}, ${proof.id}, ${proof.tokenHash}, ${proof.staffUserId}, clock_timestamp(),
      clock_timestamp(), clock_timestamp() + interval '1 minute')`.execute(trx);
}

/** Nobody has its token, and nothing is to be seen of it. */
export async function deleteProof(trx: TenantTransaction, id: string): Promise<void> {
  await trx.deleteFrom("sessions").where("tenant_id", "=", trx.tenantId).where("id", "=", id).execute();
}
