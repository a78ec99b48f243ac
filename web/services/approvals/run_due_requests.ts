import { coded } from "@/shared/codes/mod.ts";
import { err, ok } from "@/shared/result.ts";
import { isApprovalKind, nextState } from "@/web/domain/approvals/mod.ts";
import {
  findRequest,
  listRequestsDue,
  lockRequest,
  type RequestRow,
  setApprovalSavepoint,
} from "@/web/store/approvals/requests.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { type Actor, SCHEDULER, type ServiceContext } from "../context.ts";
import { eachInTurn } from "../each_in_turn.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { closeRequest, kindName } from "./close_request.ts";
import { carryOut, fail, timesOf } from "./decide.ts";
import { couldDecide, decidableOf, findDecider } from "./people.ts";
import { kindOf } from "./registry.ts";
import { tellAsker } from "./tell.ts";

/**
 * Closes requests whose time is over, and carries out what sole owners asked for when its cooling-off time has passed.
 * Each in a transaction of its own, and one that breaks keeps no other; safe to run twice, and after any pause.
 */
export async function runDueRequests(context: ServiceContext, tenantId: string): Promise<number> {
  const now = context.clock.now();
  const due = await withTenant(context.db, tenantId, (trx) => listRequestsDue(trx, now), { readOnly: true });
  await eachInTurn(
    due,
    (id) => runDue(context, tenantId, id),
    (id, error) => context.log.error("request_not_run", { tenant_id: tenantId, request_id: id, error }),
  );
  return due.length;
}

async function runDue(context: ServiceContext, tenantId: string, id: string): Promise<void> {
  await runUseCase<null, never>(context, tenantId, SCHEDULER, async (useCase) => {
    const row = await lockRequest(useCase.trx, id);
    if (row === null) return ok(null);
    const next = nextState(timesOf(row), { kind: "time" }, useCase.at);
    if (next === "expired") await expire(useCase, row);
    if (next === "approved") await runCooled(useCase, row);
    return ok(null);
  });
}

async function expire(useCase: UseCase, row: RequestRow): Promise<void> {
  await closeRequest(useCase, row, {
    state: "expired",
    summary: coded("audit_approval_expired", { what: kindName(row.kind), subject: row.subject_label }),
  });
  await tellAsker(useCase, await findRequest(useCase.trx, row.id) ?? row);
}

/** Done in the name of whoever asked, who must still be allowed to: what they were shown has to be so still. */
async function runCooled(useCase: UseCase, row: RequestRow): Promise<void> {
  const { trx } = useCase;
  const how = { how: "cooled_off", note: null } as const;
  await setApprovalSavepoint(trx);
  if (!isApprovalKind(row.kind)) {
    return void await fail(useCase, row, { ...how, failure: err("approval_outdated") });
  }
  const kind = kindOf(row.kind);
  const input = kind.input.safeParse(row.input);
  if (row.input_version !== kind.version || !input.success) {
    return void await fail(useCase, row, { ...how, failure: err("approval_outdated") });
  }
  const asker: Actor = { kind: "staff", label: row.asked_by, staffUserId: row.asked_by_id };
  const person = await findDecider(trx, asker);
  if (person === null || !couldDecide(person, await decidableOf(trx, row), kind)) {
    return void await fail(useCase, row, { ...how, failure: err("approval_not_yours") });
  }
  const own = { ...useCase, actor: { ...asker, limitOf: person.access.limitOf } };
  const done = await carryOut(own, { row, kind, input: input.data }, { ...how, seen: row.seen });
  if (!done.ok) {
    // It does another thing than what was asked for.
    await setApprovalSavepoint(trx);
    await fail(own, row, { ...how, failure: done });
  }
}
