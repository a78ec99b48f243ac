import { coded } from "@/shared/codes/mod.ts";
import { type Centavos, sum, ZERO } from "@/shared/money/mod.ts";
import { ok, type Result } from "@/shared/result.ts";
import { askedFor } from "@/web/domain/billing/mod.ts";
import {
  type ClaimedLateBill,
  claimLateBills,
  claimPaidBills,
  listLateBills,
  type PaidLateBill,
  updateLooked,
  updateLookedIfPaid,
  type WhichLateBills,
} from "@/web/store/billing/late_fees.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import { recordAudits } from "../audit.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { refuseDoubtedClock } from "./clock_guard.ts";
import { eachApart, isOfOneRow } from "./each_apart.ts";
import { chargeFees, judgeLateBill } from "./late_fees.ts";
import { taxTermsOn } from "./tax_terms.ts";

/** What the late fees of a day came to, with VAT. */
export interface ChargedLateFees {
  count: number;
  amountCentavos: Centavos;
}

/** Nothing was charged. */
export const NO_FEES: ChargedLateFees = { count: 0, amountCentavos: ZERO };

const BATCH = 500;
/** Of bills that one statement passes over, in a fraction of a second: their subscribers wait as long. */
const PASSED_BATCH = 2_000;

/**
 * Charges the late fees of bills whose day has come by a business date: once for each bill, by what it was issued with
 * and by what was unpaid on that day, so that a run that is late by weeks charges the same. Each batch is one
 * transaction; may be killed, repeated and run twice at once. Who cannot be charged stops nobody else.
 */
export async function chargeLateFees(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { businessOn: Temporal.PlainDate; batchSize?: number },
): Promise<Result<ChargedLateFees, "clock_doubted">> {
  const passed = await passPaid(context, tenantId, actor, input);
  if (!passed.ok) return passed;
  const done: ChargedLateFees[] = [];
  // At first those that nobody else has, then what others had: theirs is done by then, or is ours.
  for (const wait of [false, true]) {
    let after: ClaimedLateBill | null = null;
    while (true) {
      const part = await chargeBatch(context, tenantId, actor, { ...input, after, wait });
      if (!part.ok) return part;
      if (part.value.last === null) break;
      after = part.value.last;
      done.push(part.value);
    }
  }
  return ok(totalOf(done));
}

/** Looks no more at what was plainly paid in time: most bills of a night, with nothing to say of each one. */
async function passPaid(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { businessOn: on, batchSize: limit = PASSED_BATCH }: { businessOn: Temporal.PlainDate; batchSize?: number },
): Promise<Result<null, "clock_doubted">> {
  let after: PaidLateBill | null = null;
  do {
    const part = await passBatch(context, tenantId, actor, { on, limit, after });
    if (!part.ok) return part;
    after = part.value;
  } while (after !== null);
  return ok(null);
}

async function passBatch(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  which: { on: Temporal.PlainDate; limit: number; after: PaidLateBill | null },
): Promise<Result<PaidLateBill | null, "clock_doubted">> {
  return await runUseCase<PaidLateBill | null, "clock_doubted">(context, tenantId, actor, async (useCase) => {
    const doubted = await refuseDoubtedClock(useCase);
    if (doubted !== null) return doubted;
    const { trx } = useCase;
    const claimed = await claimPaidBills(trx, which);
    // Read again behind the locks.
    const ours = claimed.filter((bill) => bill.is_locked).map((bill) => bill.id);
    if (ours.length > 0) await updateLookedIfPaid(trx, ours, which.on);
    return ok(claimed.at(-1) ?? null);
  });
}

interface Batch {
  businessOn: Temporal.PlainDate;
  batchSize?: number;
  after: ClaimedLateBill | null;
  wait: boolean;
}

/** Null as its last one: nothing was left to claim. */
async function chargeBatch(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  { businessOn: on, batchSize: limit = BATCH, after, wait }: Batch,
): Promise<Result<ChargedLateFees & { last: ClaimedLateBill | null }, "clock_doubted">> {
  let claimed: readonly ClaimedLateBill[] = [];
  try {
    return await runUseCase<ChargedLateFees & { last: ClaimedLateBill | null }, "clock_doubted">(
      context,
      tenantId,
      actor,
      async (useCase) => {
        claimed = [];
        const doubted = await refuseDoubtedClock(useCase);
        if (doubted !== null) return doubted;
        claimed = await claimLateBills(useCase.trx, { on, limit, after, wait });
        const last = claimed.at(-1) ?? null;
        if (last === null) return ok({ count: 0, amountCentavos: ZERO, last });
        const billIds = claimed.map((bill) => bill.id);
        return ok({ ...await charge(useCase, on, { billIds, lookedOn: on }, billIds), last });
      },
    );
  } catch (error) {
    const last = claimed.at(-1);
    if (!isOfOneRow(error) || last === undefined) throw error;
    const apart = await eachApart(context, tenantId, actor, {
      ids: [...new Set(claimed.map((bill) => bill.subscription_id))],
      work: async (useCase, subscriptionId) => {
        const own = claimed.filter((bill) => bill.subscription_id === subscriptionId);
        await lockSubscribersOf(useCase.trx, [subscriptionId], own.map((bill) => bill.subscriber_id));
        return await charge(useCase, on, { subscriptionId, lookedOn: on }, []);
      },
      event: "late_fee_not_charged",
      why: (cause) => coded("late_fee_not_charged", { details: cause.message }),
    });
    return apart.ok ? ok({ ...totalOf(apart.value), last }) : apart;
  }
}

/** The bills are read again behind the lock: a payment that held it until now is seen. */
async function charge(
  useCase: UseCase,
  on: Temporal.PlainDate,
  which: WhichLateBills,
  claimedIds: readonly string[],
): Promise<ChargedLateFees> {
  const { trx, tenant, actor, booking, business } = useCase;
  const bills = await listLateBills(trx, which);
  const due = bills.map((bill) => judgeLateBill(bill, on)).filter((one) => one.changeCentavos > ZERO)
    .map((one) => ({ ...one, amountCentavos: one.changeCentavos }));
  const audits = await chargeFees(useCase, due);
  // Those that are no bills any more are looked at no more either.
  await updateLooked(trx, [...new Set([...claimedIds, ...bills.map((bill) => bill.id)])], on);
  if (due.length > 0) {
    await applyIdleCredit(trx, [...new Set(due.map(({ bill }) => bill.subscriber_id))], booking);
    useCase.live(["money"]);
    await recordAudits(trx, actor, audits);
  }
  const tax = taxTermsOn(tenant, business.today);
  return { count: due.length, amountCentavos: sum(due.map((one) => askedFor(tax, one.amountCentavos))) };
}

function totalOf(parts: readonly ChargedLateFees[]): ChargedLateFees {
  return {
    count: parts.reduce((all, part) => all + part.count, 0),
    amountCentavos: sum(parts.map((part) => part.amountCentavos)),
  };
}
