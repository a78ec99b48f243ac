import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { fromBase64Url, sha256, timingSafeEqual, verify } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import {
  enrolmentStatement,
  type EnrolRequest,
  type EnrolResponse,
  parseEnrolmentCode,
} from "@/shared/protocol/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { findLiveAgent, insertAgent } from "@/web/store/network/agents.ts";
import {
  consumeEnrolmentCode,
  countWrongTry,
  type EnrolmentCodeRow,
  lockEnrolmentCode,
  lookupEnrolmentCode,
} from "@/web/store/network/enrolment_codes.ts";
import { updateRoutersOfSite } from "@/web/store/network/routers.ts";
import { lockSite, type SiteRow } from "@/web/store/network/sites.ts";
import { type TenantTransaction, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { AGENT_ENROLMENT, type ServiceContext } from "../context.ts";
import { recordNetworkAudit } from "./network_audit.ts";

/** Why an enrolment was refused; every message says what to do at the terminal. */
export type EnrolRefusal =
  | "code_malformed"
  | "code_wrong"
  | "code_voided"
  | "code_used"
  | "code_expired"
  | "site_has_agent"
  | "bad_key"
  | "bad_signature";

type Refused = Failure<EnrolRefusal>;

interface Keys {
  identity: Uint8Array<ArrayBuffer>;
  sealing: Uint8Array<ArrayBuffer>;
}

const WRONG_TRIES_MAX = 5;
const WRONG = err("code_wrong");

/**
 * Turns a single-use code into an agent. Only public keys are kept, so that nobody who reads the database can act as an
 * agent. Asking again with the same code and the same key gives the same answer: the first one may have been lost.
 */
export async function enrolAgent(
  context: ServiceContext,
  request: EnrolRequest,
  serverPublicKey: string,
): Promise<Result<EnrolResponse, EnrolRefusal>> {
  const code = parseEnrolmentCode(request.code);
  if (code === null) {
    return err("code_malformed");
  }
  const keys = await checkKeys(request);
  if ("code" in keys) return keys;
  const found = await lookupEnrolmentCode(context.db, code.id);
  if (found === null) return WRONG;
  return await withTenant(context.db, found.tenantId, async (trx) => {
    const row = await lockEnrolmentCode(trx, found.enrolmentCodeId);
    const site = row === null ? null : await lockSite(trx, row.site_id);
    if (row === null || site === null) return WRONG;
    const refused = await checkSecret(trx, context, { row, secret: code.secret });
    if (refused !== null) return refused;
    const agentId = await admit(trx, context, { row, site, request, keys });
    if (typeof agentId !== "string") return agentId;
    const tenant = await getTenant(trx);
    return ok({
      agent_id: agentId,
      tenant_name: tenant.name,
      site_name: site.name,
      server_public_key: serverPublicKey,
    });
  });
}

async function checkKeys(request: EnrolRequest): Promise<Keys | Refused> {
  const identity = fromBase64Url(request.identity_public_key);
  const sealing = fromBase64Url(request.sealing_public_key);
  if (identity?.length !== 32 || sealing?.length !== 32) {
    return err("bad_key");
  }
  const signature = fromBase64Url(request.signature) ?? new Uint8Array();
  if (!await verify(identity, signature, enrolmentStatement(request))) {
    return err("bad_signature");
  }
  return { identity, sealing };
}

/** The hashes are compared, in constant time; the try that reaches the limit voids the code for everybody. */
async function checkSecret(
  trx: TenantTransaction,
  context: ServiceContext,
  tried: { row: EnrolmentCodeRow; secret: string },
): Promise<Refused | null> {
  const { row } = tried;
  const voided = err("code_voided");
  if (!timingSafeEqual(await sha256(tried.secret), new Uint8Array(row.secret_hash))) {
    const now = context.clock.now();
    return await countWrongTry(trx, row.id, { most: WRONG_TRIES_MAX, now }) ? voided : WRONG;
  }
  return row.voided_at === null ? null : voided;
}

async function admit(
  trx: TenantTransaction,
  context: ServiceContext,
  claim: { row: EnrolmentCodeRow; site: SiteRow; request: EnrolRequest; keys: Keys },
): Promise<string | Refused> {
  const { row, site, request, keys } = claim;
  const live = await findLiveAgent(trx, site.id);
  if (row.used_at !== null) {
    const isSame = live !== null && timingSafeEqual(keys.identity, new Uint8Array(live.identity_public_key));
    return isSame ? live.id : err("code_used");
  }
  if (live !== null) {
    return err("site_has_agent", { site: site.name });
  }
  const now = context.clock.now();
  if (!await consumeEnrolmentCode(trx, row.id, now)) {
    return err("code_expired");
  }
  const id = uuidv7(now.epochMilliseconds);
  await insertAgent(trx, {
    id,
    site_id: site.id,
    name: site.name,
    identity_public_key: keys.identity,
    sealing_public_key: keys.sealing,
    seal_version: request.seal_version ?? 1,
    install_id: request.install_id,
    version: request.version,
    enrolled_at: now,
  });
  // Passwords are sealed to the agent that went: nobody but it could open them.
  await updateRoutersOfSite(trx, site.id, {
    status: "unknown",
    message: formatCoded(coded("router_needs_password")),
    now,
  });
  await recordNetworkAudit(trx, context, { ...AGENT_ENROLMENT, agentId: id }, {
    action: "agent.enrolled",
    subjectKind: "agent",
    subjectId: id,
    summary: coded("audit_agent_enrolled", { site: site.name }),
    details: { version: request.version },
  });
  return id;
}
