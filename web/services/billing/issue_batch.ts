import { type Failure, ok, type Result } from "@/shared/result.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import { deleteParkedBills } from "@/web/store/billing/parked_bills.ts";
import { addRunProgress } from "@/web/store/billing/runs.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { readFacts } from "./bill_facts.ts";
import type { ClaimQueue } from "./claim_queue.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import { isOfOneRow } from "./each_apart.ts";
import { parkRefused, parkSubscriptions } from "./park_subscriptions.ts";
import { planEach } from "./plan_batch.ts";
import { auditStopped, writePlans } from "./write_plans.ts";

/**
 * One transaction. Returns how many subscriptions it claimed; zero means that none is left that it may have. A clock
 * that jumps between two batches stops the second.
 */
export async function issueBatch(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  queue: ClaimQueue,
  wait: boolean,
): Promise<Result<number, "clock_doubted">> {
  let claimed: readonly DueSubscription[] = [];
  try {
    return await runUseCase<number, "clock_doubted">(context, tenantId, actor, async (useCase) => {
      const doubted = await refuseDoubtedClock(useCase);
      if (doubted !== null) return doubted;
      claimed = [];
      claimed = await queue.claim(useCase.trx, wait);
      if (claimed.length > 0) await issue(useCase, queue, claimed);
      return ok(claimed.length);
    });
  } catch (error) {
    if (!isOfOneRow(error) || claimed.length === 0) throw error;
    // One of them cannot be written: it is found by halves, and everybody else is billed.
    const refused = await issueApart(context, tenantId, actor, queue, claimed.map((one) => one.id));
    return refused ?? ok(claimed.length);
  }
}

/**
 * Issues a batch in two halves, and those again in halves where they fail; who fails alone is parked. Everybody is tried
 * once more before, so that what failed by chance is no reason.
 */
async function issueApart(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  queue: ClaimQueue,
  ids: readonly string[],
): Promise<Failure<"clock_doubted"> | null> {
  const half = Math.ceil(ids.length / 2);
  const again = (
    part: readonly string[],
    work: (useCase: UseCase, due: readonly DueSubscription[]) => Promise<void>,
  ) =>
    runUseCase<null, "clock_doubted">(context, tenantId, actor, async (useCase) => {
      const doubted = await refuseDoubtedClock(useCase);
      if (doubted !== null) return doubted;
      const due = await queue.claimAgain(useCase.trx, part);
      if (due.length > 0) await work(useCase, due);
      return ok(null);
    });
  for (const part of [ids.slice(0, half), ids.slice(half)].filter(({ length }) => length > 0)) {
    try {
      const done = await again(part, (useCase, due) => issue(useCase, queue, due));
      if (!done.ok) return done;
    } catch (error) {
      if (!isOfOneRow(error)) throw error;
      const refused = part.length > 1
        ? await issueApart(context, tenantId, actor, queue, part)
        : await again(part, (useCase, due) => parkRefused(useCase, queue.run, due, error));
      if (refused !== null && !refused.ok) return refused;
    }
  }
  return null;
}

async function issue(useCase: UseCase, queue: ClaimQueue, due: readonly DueSubscription[]): Promise<void> {
  const { trx, tenant, business } = useCase;
  const { run } = queue;
  const facts = await readFacts(trx, due, tenant, business.today);
  const planner = await queue.plannerOf(useCase);
  const { plans, parked } = planEach(planner, due, facts);
  const bills = await writePlans(useCase, run, plans);
  await parkSubscriptions(useCase, run, parked);
  await deleteParkedBills(trx, plans.map(({ subscription }) => subscription.id));
  useCase.live(["money"]);
  await addRunProgress(trx, run.id, {
    total: due.length,
    changed: bills.length,
    skipped: plans.filter((plan) => plan.bills.length === 0).length,
    failed: parked.length,
    amountCentavos: bills.reduce((total, bill) => total + BigInt(bill.shape.total_centavos), 0n),
  });
  await auditStopped(useCase, run, plans.filter((plan) => plan.isStopped));
}
