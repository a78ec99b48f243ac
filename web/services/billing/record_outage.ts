import { coded } from "@/shared/codes/mod.ts";
import { localDate } from "@/shared/calendar/mod.ts";
import { err, type Failure, ok, type Result } from "@/shared/result.ts";
import { versionOf } from "@/shared/version.ts";
import { noticeDays, type OutageTimeRefusal, refuseOutageTime } from "@/web/domain/billing/mod.ts";
import {
  deleteOutageConnections,
  findOutage,
  insertOutage,
  insertOutageConnections,
  lockOutage,
  type OutageFacts,
  type OutageListRow,
  type OutageReach,
  type OutageRow,
  updateOutage,
} from "@/web/store/billing/outages.ts";
import { findRouter } from "@/web/store/network/routers.ts";
import { findSite } from "@/web/store/network/sites.ts";
import { type AuditInput, recordAudit } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { checkReason } from "../reason.ts";
import { chooseByNames, type OutageNamesCode } from "./outage_names.ts";
import { runUseCase, type UseCase } from "../use_case.ts";

/** What a person says about an outage. */
export interface OutageInput {
  from: Temporal.Instant;
  /** Null: it lasts. */
  to: Temporal.Instant | null;
  cause: string;
  kind: OutageRow["kind"];
  scope: OutageRow["scope"];
  siteId: string | null;
  routerId: string | null;
  /** What was typed for the connections, where they are chosen one by one: a line each. */
  pppNames: readonly string[];
}

/** Why an outage cannot be as it is said to be. */
export type OutageRefusal =
  | "reason_required"
  | "reason_too_long"
  | OutageTimeRefusal["code"]
  | OutageNamesCode
  | "site_not_found"
  | "router_not_found";

/** Why an outage stays as it is. */
export type OutageStands = "outage_not_found" | "outage_was_taken_back" | "outage_credited" | "row_changed";

/** An outage that is recorded. */
export interface RecordedOutage {
  id: string;
  /** Whole days ahead that it was announced; null where it had begun. */
  noticeDays: number | null;
}

/** Records what happened, or announces what is planned. The form's id is the outage's: the same form sent twice is one outage. */
export async function recordOutage(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { id, ...input }: OutageInput & { id: string },
): Promise<Result<RecordedOutage, OutageRefusal>> {
  return await runUseCase<RecordedOutage, OutageRefusal>(context, tenantId, actor, async (useCase) => {
    const { trx, at } = useCase;
    const known = await findOutage(trx, id);
    if (known !== null) return ok({ id, noticeDays: noticeDays(known) });
    const checked = await check(useCase, input, null);
    if (!checked.ok) return checked;
    const { facts, chosen } = checked.value;
    await insertOutage(trx, {
      ...facts,
      id,
      connections: 0,
      recorded_at: at,
      recorded_by: actor.label,
    });
    const connections = await note(useCase, id, { ...input, chosen });
    await audit(
      useCase,
      id,
      "outage.recorded",
      coded(facts.announced_at === null ? "audit_outage_recorded" : "audit_outage_announced", {
        cause: facts.cause,
        count: connections,
      }),
      facts,
    );
    return ok({ id, noticeDays: noticeDays(facts) });
  });
}

/** What of an outage a person corrects. */
export function outageVersion(row: OutageListRow): string {
  return versionOf({ ...row, names: row.ppp_names?.join("\n") ?? "" }, [
    "from_at",
    "to_at",
    "cause",
    "kind",
    "scope",
    "site_id",
    "router_id",
    "names",
    "taken_back_at",
  ]);
}

/** Corrects an outage that nothing was credited for; one that was is taken back and recorded as it was. */
export async function correctOutage(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { id, seen, ...input }: OutageInput & { id: string; seen?: string | undefined },
): Promise<Result<null, OutageRefusal | OutageStands>> {
  return await runUseCase<null, OutageRefusal | OutageStands>(context, tenantId, actor, async (useCase) => {
    const outage = await lockOutage(useCase.trx, id);
    const stands = outage === null ? err("outage_not_found") : refuseTakenBack(outage);
    if (outage === null || stands !== null) return stands ?? err("outage_not_found");
    if (seen !== undefined && seen !== outageVersion(outage)) return err("row_changed");
    if (outage.is_credited) return err("outage_credited");
    const checked = await check(useCase, input, outage);
    if (!checked.ok) return checked;
    const { facts, chosen } = checked.value;
    await updateOutage(useCase.trx, id, facts);
    await deleteOutageConnections(useCase.trx, id);
    const count = await note(useCase, id, { ...input, chosen });
    await audit(
      useCase,
      id,
      "outage.corrected",
      coded("audit_outage_corrected", { cause: facts.cause, count }),
      facts,
    );
    return ok(null);
  });
}

/** Ends one that lasts, or a planned one before its time. Connections that began meanwhile in its reach are noted with it. */
export async function endOutage(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { id, to }: { id: string; to: Temporal.Instant },
): Promise<Result<null, OutageStands | "outage_to_come" | "outage_ends_before" | "outage_is_over">> {
  type Code = OutageStands | "outage_to_come" | "outage_ends_before" | "outage_is_over";
  return await runUseCase<null, Code>(context, tenantId, actor, async (useCase) => {
    const outage = await lockOutage(useCase.trx, id);
    if (outage === null) return err("outage_not_found");
    const stands = refuseTakenBack(outage);
    if (stands !== null) return stands;
    const { instant: now } = useCase.business;
    if (outage.to_at !== null && !isAfter(outage.to_at, now)) return err("outage_is_over");
    if (isAfter(to, now)) return err("outage_to_come");
    if (!isAfter(to, outage.from_at)) return err("outage_ends_before");
    await updateOutage(useCase.trx, id, { to_at: to });
    if (outage.scope !== "chosen") {
      const { scope, site_id: siteId, router_id: routerId } = outage;
      // One that was in service before it began has its own past: it may have come from elsewhere.
      const reach = reachOf(useCase, { from: outage.from_at, to, scope, siteId, routerId, chosen: [] });
      const connections = await insertOutageConnections(useCase.trx, id, {
        ...reach,
        beganFrom: reach.fromOn,
      });
      await updateOutage(useCase.trx, id, { connections });
    }
    await audit(useCase, id, "outage.ended", coded("audit_outage_ended", { cause: outage.cause }), {
      ...outage,
      to_at: to,
    });
    return ok(null);
  });
}

/** It did not happen, or not so. What was credited for it stays, and is shown until a person decides. */
export async function takeOutageBack(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { id: string; reason: string },
): Promise<Result<null, OutageStands | "reason_required" | "reason_too_long">> {
  const reason = checkReason(input.reason);
  if (!reason.ok) return reason;
  return await runUseCase<null, OutageStands>(context, tenantId, actor, async (useCase) => {
    const outage = await lockOutage(useCase.trx, input.id);
    if (outage === null) return err("outage_not_found");
    const stands = refuseTakenBack(outage);
    if (stands !== null) return stands;
    await updateOutage(useCase.trx, input.id, {
      taken_back_at: useCase.at,
      taken_back_by: actor.label,
      take_back_reason: reason.value,
    });
    const summary = coded("audit_outage_taken_back", { cause: outage.cause, reason: reason.value });
    await audit(useCase, input.id, "outage.taken_back", summary, outage);
    return ok(null);
  });
}

function refuseTakenBack(outage: OutageListRow): Failure<"outage_was_taken_back"> | null {
  return outage.taken_back_at === null ? null : err("outage_was_taken_back");
}

async function check({ trx, business, at }: UseCase, input: OutageInput, before: OutageListRow | null) {
  const cause = checkReason(input.cause);
  if (!cause.ok) return cause;
  const { from, to, kind, scope } = input;
  const now = business.instant;
  const wrong = refuseOutageTime({ from, to, kind, now });
  if (wrong?.code === "outage_too_old") {
    return err("outage_too_old", { from: localDate(wrong.first, business.zone) });
  }
  if (wrong !== null) return err(wrong.code);
  const siteId = scope === "site" ? input.siteId : null;
  const routerId = scope === "router" ? input.routerId : null;
  if (scope === "site" && (siteId === null || await findSite(trx, siteId) === null)) {
    return err("site_not_found");
  }
  if (scope === "router" && (routerId === null || await findRouter(trx, routerId) === null)) {
    return err("router_not_found");
  }
  const chosen = scope === "chosen"
    ? await chooseByNames(trx, input.pppNames, localDate(from, business.zone))
    : ok([]);
  if (!chosen.ok) return chosen;
  const facts = {
    from_at: from,
    to_at: to,
    cause: cause.value,
    kind,
    scope,
    site_id: siteId,
    router_id: routerId,
    announced_at: announcedAt(input, { now, at, before }),
  };
  return ok({ facts, chosen: chosen.value });
}

/** Notice counts from when the present beginning was said; who moves it says it anew. */
function announcedAt(
  { from, kind }: OutageInput,
  { now, at, before }: { now: Temporal.Instant; at: Temporal.Instant; before: OutageListRow | null },
): Temporal.Instant | null {
  if (kind !== "scheduled") return null;
  const stays = before !== null && before.announced_at !== null && before.from_at.equals(from);
  if (stays) return before.announced_at;
  return isAfter(from, now) ? at : null;
}

/** Whom an outage takes down, by whatever it was said. */
interface Reached extends Pick<OutageInput, "from" | "to" | "scope" | "siteId" | "routerId"> {
  /** Subscriptions, where they are chosen one by one. */
  chosen: readonly string[];
}

async function note(useCase: UseCase, id: string, input: Reached): Promise<number> {
  const connections = await insertOutageConnections(useCase.trx, id, reachOf(useCase, input));
  await updateOutage(useCase.trx, id, { connections });
  return connections;
}

function reachOf(
  { business }: UseCase,
  { from, to, scope, siteId, routerId, chosen }: Reached,
): OutageReach {
  const [fromOn, toOn] = [from, to ?? business.instant].map((moment) => localDate(moment, business.zone)) as [
    Temporal.PlainDate,
    Temporal.PlainDate,
  ];
  return { scope, siteId, routerId, chosen, fromOn, toOn };
}

async function audit(
  { trx, actor, at, business, live }: UseCase,
  id: string,
  action: string,
  summary: AuditInput["summary"],
  said: Pick<OutageRow, "from_at" | "to_at" | "kind"> | OutageFacts,
): Promise<void> {
  live(["money"]);
  await recordAudit(trx, actor, {
    action,
    subjectKind: "outage",
    subjectId: id,
    summary,
    details: { from: String(said.from_at), to: said.to_at?.toString() ?? null, kind: said.kind },
    at,
    businessOn: business.today,
  });
}

function isAfter(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) > 0;
}
