import { coded } from "@/shared/codes/mod.ts";
import { randomBytes, sha256 } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import {
  CODE_ID_LENGTH,
  CODE_SECRET_LENGTH,
  ENROLMENT_TTL_MS,
  formatEnrolmentCode,
  toCrockford,
} from "@/shared/protocol/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { findLiveAgent } from "@/web/store/network/agents.ts";
import {
  insertEnrolmentCode,
  lookupEnrolmentCode,
  voidOpenCodes,
} from "@/web/store/network/enrolment_codes.ts";
import { lockSite } from "@/web/store/network/sites.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { runUseCase } from "../use_case.ts";
import { recordNetworkAudit } from "./network_audit.ts";

/** Draws for a code id that no tenant has used; a million ids, so more than a few means that something is wrong. */
const DRAWS_MAX = 50;

/** Makes a single-use code for a site's agent, good for 60 minutes. The code is shown once; only its hash is kept. */
export async function createEnrolmentCode(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { siteId: string },
): Promise<Result<{ code: string; expiresAt: Temporal.Instant }, "site_not_found" | "site_has_agent">> {
  const codeId = await drawCodeId(context);
  const secret = toCrockford(randomBytes(CODE_SECRET_LENGTH));
  const now = context.clock.now();
  const expiresAt = now.add({ milliseconds: ENROLMENT_TTL_MS });
  return await runUseCase(context, tenantId, actor, async ({ trx }) => {
    const site = await lockSite(trx, input.siteId);
    if (site === null) return err("site_not_found");
    if (await findLiveAgent(trx, site.id) !== null) {
      return err("site_has_agent", { site: site.name });
    }
    await voidOpenCodes(trx, site.id, now);
    await insertEnrolmentCode(trx, {
      id: uuidv7(now.epochMilliseconds),
      code_id: codeId,
      secret_hash: await sha256(secret),
      site_id: site.id,
      created_by: staffIdOf(actor),
      created_at: now,
      expires_at: expiresAt,
    });
    await recordNetworkAudit(trx, context, actor, {
      action: "enrolment_code.created",
      subjectKind: "site",
      subjectId: site.id,
      summary: coded("audit_code_made", { site: site.name }),
    });
    return ok({ code: formatEnrolmentCode(codeId, secret), expiresAt });
  });
}

async function drawCodeId(context: ServiceContext): Promise<string> {
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const codeId = toCrockford(randomBytes(CODE_ID_LENGTH));
    if (await lookupEnrolmentCode(context.db, codeId) === null) return codeId;
  }
  throw new Error("Cannot make an enrolment code: every drawn code id was used before");
}
