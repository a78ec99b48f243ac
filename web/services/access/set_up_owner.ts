import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import { randomBytes, sha256 } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { readCrockford, toCrockford } from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { checkPassword, type PasswordProblem, ROLE_TEMPLATES } from "@/web/domain/access/mod.ts";
import { loadCommonPasswords } from "@/web/gateways/common_passwords/mod.ts";
import { hashPassword } from "@/web/gateways/passwords/mod.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { consumeSetupCode, isSetupCodeOpen, replaceSetupCode } from "@/web/store/access/setup_codes.ts";
import { insertRole } from "@/web/store/access/roles.ts";
import { insertStaffMember, lookupTenants } from "@/web/store/access/staff.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";

/** Parts that the first-run services need; there is no tenant yet, so not the whole service context. */
export interface SetupContext {
  db: Kysely<Database>;
  clock: Clock;
}

/** Whether nobody has set the installation up yet. */
export async function needsSetup(context: SetupContext): Promise<boolean> {
  return (await lookupTenants(context.db)).length === 0;
}

/** Makes a new one-time set-up code (R16), 80 bits, and takes the earlier ones out of use. Only its hash is stored. */
export async function issueSetupCode(context: SetupContext): Promise<string> {
  const plain = toCrockford(randomBytes(16));
  const now = context.clock.now();
  await replaceSetupCode(context.db, {
    id: uuidv7(now.epochMilliseconds),
    hash: await codeHash(plain),
    at: now,
  });
  return plain.replace(/(.{4})(?=.)/g, "$1-");
}

export interface OwnerInput {
  code: string;
  companyName: string;
  name: string;
  email: string;
  password: string;
  timeZone: string;
}

export type SetupProblem =
  | "setup_code_wrong"
  | "already_set_up"
  | PasswordProblem;

const WRONG_CODE = err("setup_code_wrong");

/** Uses the set-up code and makes the tenant, the built-in roles and the owner in one transaction. */
export async function setUpOwner(
  context: SetupContext,
  input: OwnerInput,
): Promise<Result<{ tenantId: string; staffUserId: string }, SetupProblem>> {
  const owner = { email: input.email, name: input.name, company: input.companyName };
  const password = checkPassword(input.password, owner, await loadCommonPasswords());
  if (!password.ok) return password;
  if (!await needsSetup(context)) {
    return err("already_set_up");
  }
  const hash = await codeHash(input.code);
  // Whoever does not hold the code must not be able to keep the processor busy with hashing.
  if (!await isSetupCodeOpen(context.db, hash)) return WRONG_CODE;
  const passwordHash = await hashPassword(input.password);
  const now = context.clock.now();
  const tenantId = uuidv7(now.epochMilliseconds);
  return await withTenant(context.db, tenantId, async (trx) => {
    // The code is used up in the transaction that makes the owner: both happen or neither.
    if (!await consumeSetupCode(trx, hash, now)) return WRONG_CODE;
    const staffUserId = uuidv7(now.epochMilliseconds);
    await insertTenant(trx, {
      slug: slugOf(input.companyName),
      name: input.companyName,
      timeZone: input.timeZone,
    });
    const ownerRoleId = await insertRoleTemplates(trx, now);
    const { email, name } = input;
    await insertStaffMember(trx, { id: staffUserId, email, name, passwordHash, roleIds: [ownerRoleId] });
    return ok({ tenantId, staffUserId });
  });
}

async function insertRoleTemplates(trx: TenantTransaction, now: Temporal.Instant): Promise<string> {
  let ownerRoleId = "";
  for (const template of ROLE_TEMPLATES) {
    const id = uuidv7(now.epochMilliseconds);
    if (template.name === "Owner") ownerRoleId = id;
    await insertRole(trx, { id, name: template.name, permissions: template.permissions });
  }
  if (ownerRoleId === "") throw new Error("Cannot set up an owner: there is no role template named Owner");
  return ownerRoleId;
}

async function codeHash(code: string): Promise<Uint8Array<ArrayBuffer>> {
  return await sha256(readCrockford(code));
}

/** Slug of a company name: lower case, ASCII, dashes. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const slug = plain.replace(/^-/, "").slice(0, 40).replace(/-$/, "");
  return slug.length >= 2 ? slug : `isp-${slug || "1"}`;
}
