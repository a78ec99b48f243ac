import { coded } from "@/shared/codes/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { isApprovalKind, nextState } from "@/web/domain/approvals/mod.ts";
import { findRequest, lockRequest, updateRequest } from "@/web/store/approvals/requests.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase } from "../use_case.ts";
import { lookOf } from "./ask_or_run.ts";
import { auditRequest, kindName, refuseDecided } from "./close_request.ts";
import { timesOf } from "./decide.ts";
import { freeze, momentOf } from "./kind.ts";
import { isOwn } from "./people.ts";
import { type CodeOf, type InputOf, kindOf } from "./registry.ts";
import { tellDeciders } from "./tell.ts";
import type { WithdrawCode } from "./withdraw.ts";
import type { ApprovalKindId } from "@/web/domain/approvals/mod.ts";

/** Why a request stays as it is. */
export type ReviseCode =
  | WithdrawCode
  | "approval_subject_other"
  | "approval_outdated"
  | "reason_required"
  | "reason_too_long";

/** Changes what one has asked for. Whoever looked at it before cannot decide about it without looking again. */
export async function reviseRequest<K extends ApprovalKindId>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { requestId, kind: id, input, reason }: { requestId: string; kind: K; input: InputOf<K>; reason: string },
): Promise<Result<null, ReviseCode | CodeOf<K>>> {
  const why = checkReason(reason);
  if (!why.ok) return why;
  type Code = ReviseCode | CodeOf<K>;
  return await runUseCase<null, Code>(
    context,
    tenantId,
    actor,
    async (useCase): Promise<Result<null, Code>> => {
      const { trx, tenant, at } = useCase;
      const row = await lockRequest(trx, requestId);
      if (row === null) return err("approval_not_found");
      if (!isOwn(actor, row)) return err("approval_not_asker");
      // Changing is open as long as deciding is.
      if (nextState(timesOf(row), { kind: "decline" }, at) === null) {
        return refuseDecided(
          row,
          tenant.time_zone,
        );
      }
      if (!isApprovalKind(row.kind) || row.kind !== id) return err("approval_outdated");
      const kind = kindOf(id);
      await kind.lock?.(useCase, input);
      const preview = await kind.preview(momentOf(useCase), input);
      if (!preview.ok) return preview as Result<null, Code>;
      if (preview.value.subject.id !== row.subject_id) return err("approval_subject_other");
      const revision = row.revision + 1;
      await updateRequest(trx, row.id, {
        input: JSON.stringify(freeze(input)),
        input_version: kind.version,
        revision,
        reason: why.value,
        ...lookOf(preview.value),
      });
      await kind.asked?.(useCase, input, why.value);
      await auditRequest(
        useCase,
        row,
        "changed",
        coded("audit_approval_changed", {
          what: kindName(id),
          subject: row.subject_label,
          reason: why.value,
        }),
        {
          before: { ...row.input as object, reason: row.reason },
          after: { ...freeze(input), reason: why.value },
          revision,
        },
      );
      await skipStaffMessages(trx, `approval:${row.id}`);
    if (row.runs_at === null) await tellDeciders(useCase, await findRequest(trx, row.id) ?? row);
    return ok(null);
    },
  );
}
