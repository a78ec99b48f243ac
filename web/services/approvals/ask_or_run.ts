import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import {
  type ApprovalKindId,
  type ApprovalWay,
  type Decidable,
  NO_APPROVAL,
  wayOf,
} from "@/web/domain/approvals/mod.ts";
import { findSoleOwner, listPolicies } from "@/web/store/approvals/policies.ts";
import {
  findOpenByKey,
  findRequest,
  insertRequest,
  type RequestRow,
} from "@/web/store/approvals/requests.ts";
import { lockSentForm } from "@/web/store/subscribers/sent_form.ts";
import { formatCoded } from "@/shared/codes/mod.ts";
import { type Actor, type ServiceContext, staffIdOf } from "../context.ts";
import { checkReason } from "../reason.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { type AskedSecrets, keepAskedSecrets } from "./asked_secrets.ts";
import { auditRequest, closeRequest, kindName } from "./close_request.ts";
import { type ApprovalMoment, type ApprovalPreview, freeze, momentOf } from "./kind.ts";
import { couldDecide, findDecider, isAboveLimit, listDeciders, sitesOf } from "./people.ts";
import { type AnyKind, type CodeOf, type DoneOf, type InputOf, kindOf } from "./registry.ts";
import { tellDeciders } from "./tell.ts";

/** Why an operation is neither done nor asked for. */
export type AskCode = "approval_moved" | "approval_open_already" | "reason_required" | "reason_too_long";

/** What became of an operation that somebody asked for. */
export type AskOutcome<Value> =
  | { outcome: "done"; value: Value; requestId: string | null }
  | { outcome: "asked"; requestId: string }
  /** It is carried out by itself, unless it is withdrawn before. */
  | { outcome: "cooling_off"; requestId: string; runsAt: Temporal.Instant };

/** What somebody asks for. */
export interface Asked<K extends ApprovalKindId> {
  kind: K;
  input: InputOf<K>;
  /** Why; required where somebody else has to decide, or a sole owner's operation is bound by a policy. */
  reason?: string | null;
  /** What the page showed ({@linkcode ApprovalPreview.seen}); left out: as it is now. */
  seen?: string | undefined;
  /** What was typed with it and nobody may see; sealed while it waits. @default none */
  secrets?: AskedSecrets;
}

/**
 * Does an operation at once where the policy lets this person, and else stores a request: nothing changes before
 * somebody approves it. Its body is a use case of its own; within another one it is {@linkcode askOrRunIn}.
 */
export async function askOrRun<K extends ApprovalKindId>(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  asked: Asked<K>,
): Promise<Result<AskOutcome<DoneOf<K>>, AskCode | CodeOf<K>>> {
  return await runUseCase<AskOutcome<DoneOf<K>>, AskCode | CodeOf<K>>(
    context,
    tenantId,
    actor,
    (useCase) => askOrRunIn(useCase, asked),
  );
}

/** The same inside of another use case, which has written nothing. */
export async function askOrRunIn<K extends ApprovalKindId>(
  useCase: UseCase,
  asked: Asked<K>,
): Promise<Result<AskOutcome<DoneOf<K>>, AskCode | CodeOf<K>>> {
  // The types of a kind's input, answer and codes go together by its id; inside they are any kind's.
  const result = await goOn(useCase, kindOf(asked.kind), asked);
  return result as Result<AskOutcome<DoneOf<K>>, AskCode | CodeOf<K>>;
}

/** Of what is looked at, what says whether somebody has to be asked, and who. */
export type Weighed = Pick<ApprovalPreview, "amountCentavos" | "count" | "subscriberId" | "siteId">;

/**
 * How an operation would go on if this person asked for it now; for the form that asks. What is above their own limit is
 * asked for wherever a policy is on, whatever amount that begins with.
 */
export async function findWay(
  moment: ApprovalMoment,
  actor: Actor,
  id: ApprovalKindId,
  preview: Weighed,
): Promise<ApprovalWay> {
  if (actor.kind === "system" || actor.kind === "agent") return "run";
  const { trx } = moment;
  const kind = kindOf(id);
  const policy = (await listPolicies(trx)).get(id) ?? NO_APPROVAL;
  if (policy.mode === "off") return "run";
  const request = await decidable(moment, actor, preview);
  const person = await findDecider(trx, actor);
  const mayDecide = couldDecide(person, request, kind);
  const hasOthers = (await listDeciders(trx, request, kind)).length > 0;
  const { amountCentavos, count = null } = preview;
  const isAboveOwn = isAboveLimit(person, amountCentavos, kind);
  const asking = { amountCentavos, count, mayDecide, hasOthers, isAboveOwn };
  return wayOf(policy, await findSoleOwner(trx), asking);
}

async function decidable(
  { trx }: ApprovalMoment,
  actor: Actor,
  { siteId, subscriberId, amountCentavos }: Weighed,
): Promise<Decidable> {
  return {
    askedById: staffIdOf(actor),
    askedBy: actor.label,
    amountCentavos,
    siteIds: await sitesOf(trx, { siteId, subscriberId }),
  };
}

async function goOn(
  useCase: UseCase,
  kind: AnyKind,
  { input, reason, seen, secrets = {} }: Omit<Asked<ApprovalKindId>, "kind" | "input"> & { input: object },
): Promise<Result<AskOutcome<unknown>>> {
  const { trx, actor } = useCase;
  await kind.lock?.(useCase, input);
  const moment = momentOf(useCase);
  const preview = await kind.preview(moment, input);
  if (!preview.ok) return preview;
  if (seen !== undefined && seen !== preview.value.seen) return err("approval_moved");
  const run = async () => {
    const done = await kind.execute(useCase, input, secrets);
    return done.ok ? ok({ outcome: "done" as const, value: done.value, requestId: null }) : done;
  };
  // What no policy is about waits for nothing, whatever else of the subject is asked for.
  if (preview.value.isFree === true) return await run();
  const onlyKey = keyOf(kind, preview.value);
  // Of a form that is sent twice at once the second waits, and finds what the first has asked for.
  if (onlyKey !== null) await lockSentForm(trx, onlyKey);
  const open = onlyKey === null ? null : await findOpenByKey(trx, onlyKey);
  if (open !== null) return err("approval_open_already", { by: open.asked_by });
  const way = await findWay(moment, actor, kind.id, preview.value);
  if (way === "run") return await run();
  const why = checkReason(reason ?? "");
  if (!why.ok) return why;
  const wanted = { kind, input, secrets, preview: preview.value, reason: why.value, onlyKey };
  return way === "own_at_once" ? await runOwn(useCase, wanted) : await store(useCase, wanted, way);
}

/** What is asked for, looked at and locked. */
interface Wanted {
  kind: AnyKind;
  input: object;
  secrets: AskedSecrets;
  preview: ApprovalPreview;
  reason: string;
  onlyKey: string | null;
}

async function store(
  useCase: UseCase,
  wanted: Wanted,
  way: "ask" | "own_cooling_off",
): Promise<Result<AskOutcome<never>>> {
  const { trx, at } = useCase;
  const cooling = way === "ask" ? null : (await findSoleOwner(trx)).coolingHours;
  const runsAt = cooling === null ? null : at.add({ hours: cooling });
  const row = await insert(useCase, wanted, runsAt);
  await keepAskedSecrets(useCase, row.id, wanted.secrets);
  await wanted.kind.asked?.(useCase, wanted.input, wanted.reason);
  const what = kindName(row.kind);
  const summary = cooling === null
    ? coded("audit_approval_asked", { what, subject: row.subject_label, reason: row.reason })
    : coded("audit_approval_cooling", {
      what,
      subject: row.subject_label,
      reason: row.reason,
      hours: cooling,
    });
  await auditRequest(useCase, row, "asked", summary, {
    ...row.input as object,
    runs_at: runsAt?.toString() ?? null,
  });
  if (runsAt !== null) return ok({ outcome: "cooling_off", requestId: row.id, runsAt });
  await tellDeciders(useCase, row);
  return ok({ outcome: "asked", requestId: row.id });
}

/** A sole owner's own operation: it is done now, and a request says that nobody else approved it. */
async function runOwn(useCase: UseCase, wanted: Wanted): Promise<Result<AskOutcome<unknown>>> {
  const done = await wanted.kind.execute(useCase, wanted.input, wanted.secrets);
  if (!done.ok) return done;
  const row = await insert(useCase, wanted, null);
  await closeRequest(useCase, row, {
    state: "approved",
    how: "at_once",
    summary: coded("audit_approval_own", {
      what: kindName(row.kind),
      subject: row.subject_label,
      reason: row.reason,
    }),
  });
  return ok({ outcome: "done", value: done.value, requestId: row.id });
}

async function insert(
  { trx, at, actor }: UseCase,
  { kind, input, preview, reason, onlyKey }: Wanted,
  runsAt: Temporal.Instant | null,
): Promise<RequestRow> {
  const id = uuidv7(at.epochMilliseconds);
  const days = ((await listPolicies(trx)).get(kind.id) ?? NO_APPROVAL).expireDays;
  const expiresAt = at.add({ hours: 24 * days });
  await insertRequest(trx, {
    id,
    kind: kind.id,
    input: JSON.stringify(freeze(input)),
    input_version: kind.version,
    subject_kind: preview.subject.kind,
    subject_id: preview.subject.id,
    subject_label: preview.subject.label,
    subscriber_id: preview.subscriberId,
    site_id: preview.siteId,
    only_key: onlyKey,
    reason,
    state: "asked",
    asked_at: at,
    asked_by_id: staffIdOf(actor),
    asked_by: actor.label,
    // What waits for its time alone does not expire before it.
    expires_at: runsAt !== null && Temporal.Instant.compare(runsAt, expiresAt) >= 0
      ? runsAt.add({ hours: 24 })
      : expiresAt,
    runs_at: runsAt,
    ...lookOf(preview),
  });
  const row = await findRequest(trx, id);
  if (row === null) throw new Error(`Cannot read request ${id}: it was just written`);
  return row;
}

/** What was looked at, as it is stored. */
export function lookOf({ amountCentavos, effects, seen }: ApprovalPreview) {
  return { amount_centavos: amountCentavos, effects: JSON.stringify(effects.map(formatCoded)), seen };
}

function keyOf({ id, isOnePerSubject }: AnyKind, { subject }: ApprovalPreview): string | null {
  return isOnePerSubject === true ? `${id}:${subject.id}` : null;
}
