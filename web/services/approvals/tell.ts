import { type Centavos, centavos } from "@/shared/money/mod.ts";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { isApprovalKind } from "@/web/domain/approvals/mod.ts";
import { findMember } from "@/web/store/access/members.ts";
import type { RequestRow } from "@/web/store/approvals/requests.ts";
import { staffIdOf } from "../context.ts";
import { queueStaffMail } from "../mail/queue_staff_mail.ts";
import type { UseCase } from "../use_case.ts";
import { kindName } from "./close_request.ts";
import { decidableOf, listDeciders } from "./people.ts";
import { kindOf } from "./registry.ts";

/** Mails to whoever could decide it that a request waits. Opening it asks for a sign-in first. */
export async function tellDeciders({ trx, at, actor }: UseCase, row: RequestRow): Promise<void> {
  if (!isApprovalKind(row.kind)) return;
  for (const { id, name, email } of await listDeciders(trx, await decidableOf(trx, row), kindOf(row.kind))) {
    await queueStaffMail(trx, {
      occasion: "approval_asked",
      params: paramsOf(row),
      to: { staffUserId: id, name, email },
      path: pathOf(row),
      at,
      by: actor.label,
      key: `${row.id}:${row.revision}:${id}`,
      about: `approval:${row.id}`,
      goodUntil: row.expires_at,
    });
  }
}

/** Mails to whoever asked what has become of it; who is not here any more, or did it themselves, is told nothing. */
export async function tellAsker({ trx, at, actor }: UseCase, row: RequestRow): Promise<void> {
  const { state } = row;
  if (row.asked_by_id === null || row.asked_by_id === staffIdOf(actor) || state === "asked") return;
  const asker = await findMember(trx, row.asked_by_id);
  if (asker === null || asker.state !== "active") return;
  await queueStaffMail(trx, {
    occasion: "approval_decided",
    params: {
      ...paramsOf(row),
      decision: state,
      decider: state === "expired" ? null : row.decided_by,
      note: row.note ?? row.failure,
    },
    to: { staffUserId: asker.id, name: asker.name, email: asker.email },
    path: pathOf(row),
    at,
    by: actor.label,
    key: row.id,
    about: `approval:${row.id}`,
  });
}

function paramsOf(row: RequestRow): {
  what: string;
  requester: string;
  reason: string;
  amountCentavos: Centavos | null;
} {
  return {
    what: formatCoded(coded("approval_of", { what: kindName(row.kind), subject: row.subject_label })),
    requester: row.asked_by,
    reason: row.reason,
    amountCentavos: row.amount_centavos === null ? null : centavos(row.amount_centavos),
  };
}

function pathOf({ id }: RequestRow): string {
  return `/admin/approvals/${id}`;
}
