import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { accessOf, isWholeOwner, PERMISSIONS } from "@/web/domain/access/mod.ts";
import { insertKnownBreak } from "@/web/store/access/audit_breaks.ts";
import { findLastAuditCheck } from "@/web/store/access/audit_heads.ts";
import { findMember } from "@/web/store/access/members.ts";
import { recordAudit } from "./audit.ts";
import { type Actor, type ServiceContext, staffIdOf } from "./context.ts";
import { runUseCase } from "./use_case.ts";

/**
 * An owner knows why the audit log is broken at a place, and says it. The place stays broken, for the doctor and on the
 * page; it is no longer told on Today, and from the next night on the log is looked at and signed behind it. What is
 * found there another time, or anywhere else, is told again.
 *
 * @param seen id of the look that the page showed
 */
export async function knowAuditBreak(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { seen, note }: { seen: string; note: string },
): Promise<Result<null, "row_changed" | "owner_only">> {
  return await runUseCase(context, tenantId, actor, async ({ trx, at, business, live }) => {
    const staffId = staffIdOf(actor);
    const member = staffId === null ? null : await findMember(trx, staffId);
    const isOwner = member?.state === "active" && isWholeOwner(accessOf(member.roles), PERMISSIONS);
    if (!isOwner) return err("owner_only");
    const check = await findLastAuditCheck(trx);
    if (check?.id !== seen) return err("row_changed");
    const { problem, problem_sequence: entry, problem_print: print } = check;
    // A look of a version that kept no print says too little to know the place again: the night looks once more.
    if (problem === null || entry === null || print === null) return err("row_changed");
    const known = { problem, at: entry, print, note, known_by: actor.label, known_at: at };
    // Sent twice: it is known already.
    if (!await insertKnownBreak(trx, known)) return ok(null);
    await recordAudit(trx, actor, {
      action: "audit.break_known",
      subjectKind: "tenant",
      subjectId: tenantId,
      summary: coded("audit_break_known", { entry: entry.toString(), problem }),
      details: { note },
      at,
      businessOn: business.today,
    });
    // Today shows what waits for somebody, and it looks again with money.
    live(["money"]);
    return ok(null);
  });
}
