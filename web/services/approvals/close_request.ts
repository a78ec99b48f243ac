import { type Coded, coded, formatCoded } from "@/shared/codes/mod.ts";
import { err, type Failure } from "@/shared/result.ts";
import type { RequestState } from "@/web/domain/approvals/mod.ts";
import { isApprovalKind } from "@/web/domain/approvals/mod.ts";
import { deleteApprovalSecrets } from "@/web/store/approvals/approval_secrets.ts";
import { type RequestRow, updateRequest } from "@/web/store/approvals/requests.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { recordAudit } from "../audit.ts";
import { staffIdOf } from "../context.ts";
import type { UseCase } from "../use_case.ts";
import { kindOf } from "./registry.ts";

/** How a request is closed. */
export interface Closing {
  state: Exclude<RequestState, "asked">;
  note?: string | null;
  how?: RequestRow["how"];
  /** Why it could not be carried out. */
  failure?: Coded;
  /** The entry of the audit log. */
  summary: Coded;
}

/** Writes what has become of a request, takes the mark off its subject where it will not be done, and audits it. */
export async function closeRequest(useCase: UseCase, row: RequestRow, closing: Closing): Promise<void> {
  const { trx, at, actor } = useCase;
  const { state, note = null, how = null, failure } = closing;
  await updateRequest(trx, row.id, {
    state,
    note,
    how,
    failure: failure === undefined ? null : formatCoded(failure),
    decided_at: at,
    decided_by: actor.label,
    decided_by_id: staffIdOf(actor),
  });
  // Whatever has become of it, and of whatever kind: what was typed with it has done its part.
  await deleteApprovalSecrets(trx, row.id);
  // Nobody is asked any more to decide it.
  await skipStaffMessages(trx, `approval:${row.id}`);
  if (state !== "approved") await drop(useCase, row, state === "declined" ? "refused" : "cancelled", note);
  await auditRequest(useCase, row, state, closing.summary, {
    ...(note !== null && { note }),
    ...(how !== null && { how }),
    before: "asked",
    after: state,
  });
}

async function drop(
  useCase: UseCase,
  row: RequestRow,
  state: "refused" | "cancelled",
  note: string | null,
): Promise<void> {
  if (!isApprovalKind(row.kind)) return;
  const kind = kindOf(row.kind);
  const input = kind.input.safeParse(row.input);
  if (input.success) await kind.dropped?.(useCase, input.data, { state, note });
}

/** Writes an entry about a request, put down to its subject and on its subscriber's timeline. */
export async function auditRequest(
  { trx, actor, at, business, live }: UseCase,
  row: Pick<RequestRow, "id" | "kind" | "subject_kind" | "subject_id" | "subscriber_id">,
  verb: string,
  summary: Coded,
  details: Record<string, unknown>,
): Promise<void> {
  live(["approvals"]);
  await recordAudit(trx, actor, {
    action: `approval.${verb}`,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    subscriberId: row.subscriber_id,
    summary,
    details: { request_id: row.id, kind: row.kind, ...details },
    at,
    businessOn: business.today,
  });
}

/** The name of a kind, as a value of other codes. A kind of a later version has none yet. */
export function kindName(kind: string): Coded {
  return isApprovalKind(kind) ? coded(`approval_kind_${kind}`) : coded("plain", { text: kind });
}

/** Somebody decided already: who, what and when. */
export function refuseDecided(
  row: RequestRow,
  zone: string,
): Failure<"approval_decided"> {
  const when = (row.decided_at ?? row.expires_at).toZonedDateTimeISO(zone);
  return err("approval_decided", {
    state: row.state === "asked" ? "expired" : row.state,
    by: row.decided_by ?? "",
    day: when.toPlainDate(),
    time: when.toPlainTime(),
  });
}
