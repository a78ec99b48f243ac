import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { deleteRefusals, type WhichRefusals } from "@/web/store/mail/refusals.ts";
import { recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase } from "../use_case.ts";

/** Addresses that the audit entry names. */
const NAMED_MOST = 100;

/** Lets refused addresses get mail again: what is queued next is sent there. Nothing that was skipped is sent by it. */
export async function forgetRefusals(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { addresses }: { addresses: WhichRefusals },
): Promise<Result<{ count: number }, "mail_nobody_chosen">> {
  return await runUseCase<{ count: number }, "mail_nobody_chosen">(
    context,
    tenantId,
    actor,
    async ({ trx, at, business, tenant, live }) => {
      if (Array.isArray(addresses) && addresses.length === 0) return err("mail_nobody_chosen");
      const gone = await deleteRefusals(trx, addresses);
      if (gone.length === 0) return ok({ count: 0 });
      live(["mail"]);
      await recordAudit(trx, actor, {
        action: "mail.addresses_again",
        subjectKind: "tenant",
        subjectId: tenant.id,
        summary: coded("audit_mail_address_again", { count: gone.length }),
        details: { addresses: gone.slice(0, NAMED_MOST) },
        at,
        businessOn: business.today,
      });
      return ok({ count: gone.length });
    },
  );
}
