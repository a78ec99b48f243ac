import { type Coded, coded } from "@/shared/codes/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { type Decider, isApprovalKind, nextState } from "@/web/domain/approvals/mod.ts";
import {
  findRequest,
  lockRequest,
  type RequestRow,
  rollBackToApprovalSavepoint,
  setApprovalSavepoint,
} from "@/web/store/approvals/requests.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { openAskedSecrets } from "./asked_secrets.ts";
import { closeRequest, kindName, refuseDecided } from "./close_request.ts";
import { momentOf } from "./kind.ts";
import { decidableOf, findDecider, type NotYoursCode, refuseDecider } from "./people.ts";
import { type AnyKind, kindOf } from "./registry.ts";
import { tellAsker } from "./tell.ts";

/** Why a request is not decided. */
export type DecideCode =
  | NotYoursCode
  | "approval_decided"
  | "approval_moved"
  | "approval_outdated"
  | "reason_required"
  | "reason_too_long";

/** What came of a decision. */
export type Decision =
  | { state: "approved"; value: unknown }
  | { state: "declined" }
  /** It was approved, and is no longer possible: nothing was done, and the request is closed with the reason. */
  | { state: "failed"; why: Coded };

/** A decision about the request as it was shown. */
export interface Deciding {
  requestId: string;
  revision: number;
  note?: string | null;
}

/** An approval of what the page showed. */
export type Approving = Deciding & { seen: string };

/**
 * Approves a request and carries it out in the same transaction. It is about what the page showed: `seen` of the preview
 * and the revision. If the asker has changed it since, or what it does is another thing by now, nothing happens.
 */
export async function approveRequest(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  approving: Approving,
): Promise<Result<Decision, DecideCode>> {
  return await runUseCase<Decision, DecideCode>(
    context,
    tenantId,
    actor,
    (useCase) => approveIn(useCase, approving),
  );
}

/** The same inside of another use case. */
export async function approveIn(
  useCase: UseCase,
  { requestId, revision, seen, note }: Approving,
): Promise<Result<Decision, DecideCode>> {
  const words = readNote(note);
  if (!words.ok) return words;
  const found = await findToDecide(useCase, requestId, revision, "approve");
  if (!found.ok) return found;
  const { row, kind, person } = found.value;
  const input = kind.input.safeParse(row.input);
  if (row.input_version !== kind.version || !input.success) return err("approval_outdated");
  // What they do is bounded by their roles as they are now, whatever their page was opened with.
  const own = { ...useCase, actor: { ...useCase.actor, limitOf: person.access.limitOf } as Actor };
  return await carryOut(own, { row, kind, input: input.data }, { how: "person", note: words.value, seen });
}

/** Refuses a request, with a note: nothing changes. */
export async function declineRequest(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  declining: Deciding,
): Promise<Result<Decision, DecideCode>> {
  return await runUseCase<Decision, DecideCode>(
    context,
    tenantId,
    actor,
    (useCase) => declineIn(useCase, declining),
  );
}

/** The same inside of another use case. */
export async function declineIn(
  useCase: UseCase,
  { requestId, revision, note }: Deciding,
): Promise<Result<Decision, DecideCode>> {
  const words = checkReason(note ?? "");
  if (!words.ok) return words;
  const found = await findToDecide(useCase, requestId, revision, "decline");
  if (!found.ok) return found;
  const { row } = found.value;
  await closeRequest(useCase, row, {
    state: "declined",
    how: "person",
    note: words.value,
    summary: coded("audit_approval_declined", {
      what: kindName(row.kind),
      subject: row.subject_label,
      note: words.value,
    }),
  });
  await tellAsker(useCase, await reread(useCase, row));
  return ok({ state: "declined" });
}

/** A request that this person decides now, locked. */
interface ToDecide {
  row: RequestRow;
  kind: AnyKind;
  person: Decider;
}

async function findToDecide(
  useCase: UseCase,
  requestId: string,
  revision: number,
  event: "approve" | "decline",
): Promise<Result<ToDecide, DecideCode>> {
  const { trx, actor, at, tenant } = useCase;
  const row = await lockRequest(trx, requestId);
  if (row === null) return err("approval_not_found");
  if (!isApprovalKind(row.kind)) return err("approval_outdated");
  const kind = kindOf(row.kind);
  const person = await findDecider(trx, actor);
  const refusal = refuseDecider(person, await decidableOf(trx, row), kind);
  if (refusal !== null) return refusal;
  if (nextState(timesOf(row), { kind: event }, at) === null) return refuseDecided(row, tenant.time_zone);
  if (row.revision !== revision) return err("approval_moved");
  return ok({ row, kind, person: person as Decider });
}

/** Of a stored request what its state depends on. */
export function timesOf({ state, expires_at, runs_at }: RequestRow) {
  return { state, expiresAt: expires_at, runsAt: runs_at };
}

/** What is carried out: a locked request with its input. */
interface CarryOut {
  row: RequestRow;
  kind: AnyKind;
  input: object;
}

/**
 * Carries a request out if it does what was seen, and closes it. What turns out to be impossible is taken back and said.
 */
export async function carryOut(
  useCase: UseCase,
  { row, kind, input }: CarryOut,
  { how, note, seen }: { how: "person" | "cooled_off"; note: string | null; seen: string },
): Promise<Result<Decision, "approval_moved">> {
  const { trx } = useCase;
  await kind.lock?.(useCase, input);
  const preview = await kind.preview(momentOf(useCase), input);
  if (preview.ok && preview.value.seen !== seen) return err("approval_moved");
  await setApprovalSavepoint(trx);
  const secrets = await openAskedSecrets(useCase, row.id);
  if (!secrets.ok) return ok(await fail(useCase, row, { how, note, failure: secrets }));
  const done = preview.ok ? await kind.execute(useCase, input, secrets.value) : preview;
  if (!done.ok) {
    const failed = await fail(useCase, row, { how, note, failure: done });
    await kind.refused?.(useCase, input, done.code);
    return ok(failed);
  }
  await closeRequest(useCase, row, {
    state: "approved",
    how,
    note,
    summary: how === "person"
      ? coded("audit_approval_approved", {
        what: kindName(row.kind),
        subject: row.subject_label,
        by: row.asked_by,
      })
      : coded("audit_approval_cooled", { what: kindName(row.kind), subject: row.subject_label }),
  });
  await tellAsker(useCase, await reread(useCase, row));
  return ok({ state: "approved", value: done.value });
}

/** Closes a request that cannot be carried out any more. */
export async function fail(
  useCase: UseCase,
  row: RequestRow,
  { how, note, failure: { code, values } }: {
    how: "person" | "cooled_off";
    note: string | null;
    failure: Failure;
  },
): Promise<Decision> {
  await rollBackToApprovalSavepoint(useCase.trx);
  const why: Coded = { code, values };
  await closeRequest(useCase, row, {
    state: "failed",
    how,
    note,
    failure: why,
    summary: coded("audit_approval_failed", { what: kindName(row.kind), subject: row.subject_label, why }),
  });
  await tellAsker(useCase, await reread(useCase, row));
  return { state: "failed", why };
}

async function reread({ trx }: UseCase, row: RequestRow): Promise<RequestRow> {
  return await findRequest(trx, row.id) ?? row;
}

function readNote(
  note: string | null | undefined,
): Result<string | null, "reason_required" | "reason_too_long"> {
  return (note ?? "").trim() === "" ? ok(null) : checkReason(note ?? "");
}
