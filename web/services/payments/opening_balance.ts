import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { AMOUNT_MAX, type Centavos, centavos } from "@/shared/money/mod.ts";
import { err, ok, type Result } from "@/shared/result.ts";
import { OPENING_MAX } from "@/web/domain/payments/limits.ts";
import { legsOfOpeningCredit, legsOfOpeningTakenBack } from "@/web/domain/payments/mod.ts";
import { insertLedgerTransactions } from "@/web/store/billing/ledger.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { insertCreditSource } from "@/web/store/payments/credit_sources.ts";
import { findOpeningBalance, findOpeningConnection } from "@/web/store/payments/opening_balances.ts";
import { lockSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { recordAudit } from "../audit.ts";
import { issueBill } from "../billing/issue_bill.ts";
import { settleFees } from "../billing/late_fees.ts";
import { renewOnPosting } from "../billing/renew_prepaid.ts";
import type { Actor, ServiceContext } from "../context.ts";
import { restoreService } from "../cuts/restore_service.ts";
import { runUseCase, type UseCase } from "../use_case.ts";
import { applyIdleCredit } from "./apply_credit.ts";
import { endSource } from "./end_source.ts";
import { refuseRefunded } from "./refuse_refunded.ts";

/** What the books from before say about a subscriber. */
export interface OpeningBalanceInput {
  subscriberId: string;
  side: "owed" | "credit";
  amountCentavos: Centavos;
  /** The day since when it was owed, or was credit. */
  asOf: Temporal.PlainDate;
}

/** Why an opening balance is not taken over, or not taken back. */
export type OpeningBalanceCode =
  | "subscriber_not_found"
  | "opening_exists"
  | "opening_missing"
  | "source_refunded"
  | "opening_needs_connection"
  | "payment_amount_not_positive"
  | "amount_over_limit"
  | "opening_in_future"
  | "opening_too_old";

/**
 * Takes over what a subscriber owed, or had as credit, in the books from before: once. A debt is a bill of its own that
 * nobody is cut for before a person includes it in Tonight; credit pays open bills at once, the oldest due first.
 */
export async function takeOverBalance(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: OpeningBalanceInput,
): Promise<Result<{ number: string }, OpeningBalanceCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const checked = check(input, useCase.business.today);
    if (!checked.ok) return checked;
    const { trx } = useCase;
    if (await lockSubscriber(trx, input.subscriberId) === null) return err("subscriber_not_found");
    const earlier = await findOpeningBalance(trx, input.subscriberId);
    if (earlier !== null) return err("opening_exists", { number: earlier.number });
    const posted = input.side === "owed"
      ? await postDebt(useCase, input)
      : ok(await postCredit(useCase, input));
    if (!posted.ok) return posted;
    await applyIdleCredit(trx, [input.subscriberId], useCase.booking);
    await settleFees(useCase, input.subscriberId);
    if (input.side === "credit") await renewOnPosting(useCase, input.subscriberId);
    await restore(useCase, input.subscriberId);
    await audit(useCase, input.subscriberId, {
      action: "opening_balance.taken_over",
      summary: coded("audit_opening_balance", {
        number: posted.value.number,
        side: input.side,
        amount: input.amountCentavos,
        day: input.asOf,
      }),
    });
    return posted;
  });
}

/** Takes opening credit back: it leaves the bills that it paid. A debt is voided like any bill. */
export async function takeBackOpeningCredit(
  context: ServiceContext,
  tenantId: string,
  actor: Actor,
  input: { subscriberId: string },
): Promise<Result<{ number: string }, OpeningBalanceCode>> {
  return await runUseCase(context, tenantId, actor, async (useCase) => {
    const { trx } = useCase;
    const { subscriberId } = input;
    if (await lockSubscriber(trx, subscriberId) === null) return err("subscriber_not_found");
    const opening = await findOpeningBalance(trx, subscriberId);
    if (opening?.side !== "credit") return err("opening_missing");
    const { id, number } = opening;
    const refunded = await refuseRefunded(trx, opening);
    if (refunded !== null) return refunded;
    const amountCentavos = centavos(opening.amount_centavos);
    await endSource(useCase, {
      id,
      subscriberId,
      posting: {
        kind: "opening_taken_back",
        description: coded("ledger_opening_taken_back", { number }),
        legs: legsOfOpeningTakenBack({ subscriberId, amountCentavos }),
      },
    });
    useCase.live(["money", "tonight"]);
    await audit(useCase, subscriberId, {
      action: "opening_balance.taken_back",
      summary: coded("audit_opening_taken_back", { number, amount: amountCentavos }),
    });
    return ok({ number });
  });
}

function check(
  { amountCentavos, asOf }: OpeningBalanceInput,
  today: Temporal.PlainDate,
): Result<null, OpeningBalanceCode> {
  if (amountCentavos <= 0n) return err("payment_amount_not_positive");
  if (amountCentavos > AMOUNT_MAX) return err("amount_over_limit", { max: AMOUNT_MAX });
  if (Temporal.PlainDate.compare(asOf, today) > 0) return err("opening_in_future", { today });
  const from = today.subtract({ years: OPENING_MAX.years });
  return Temporal.PlainDate.compare(asOf, from) < 0 ? err("opening_too_old", { from }) : ok(null);
}

async function postDebt(
  useCase: UseCase,
  { subscriberId, amountCentavos, asOf }: OpeningBalanceInput,
): Promise<Result<{ number: string }, OpeningBalanceCode>> {
  const subscriptionId = await findOpeningConnection(useCase.trx, subscriberId);
  if (subscriptionId === null) return err("opening_needs_connection");
  const { number } = await issueBill(useCase, {
    kind: "opening",
    subscriberId,
    subscriptionId,
    dueOn: asOf,
    graceDays: useCase.tenant.grace_days,
    isImported: true,
    lines: [{
      kind: "opening",
      description: coded("line_opening", { day: asOf }),
      periodStart: asOf,
      periodEnd: asOf.add({ days: 1 }),
      amountCentavos,
      subscriptionId,
    }],
  });
  return ok({ number });
}

async function postCredit(
  { trx, at, booking, business }: UseCase,
  { subscriberId, amountCentavos, asOf }: OpeningBalanceInput,
): Promise<{ number: string }> {
  const [number] = await takeNumbers(trx, "opening", 1);
  if (number === undefined) throw new Error("Cannot take over credit: its series gave no number");
  const id = uuidv7(at.epochMilliseconds);
  await insertCreditSource(trx, {
    id,
    subscriber_id: subscriberId,
    kind: "opening",
    number,
    amount_centavos: amountCentavos,
    received_on: asOf,
    created_at: at,
  });
  await insertLedgerTransactions(trx, [{
    id: uuidv7(at.epochMilliseconds),
    kind: "opening_posted",
    business_on: business.today,
    recorded_at: at,
    bill_id: null,
    source_id: id,
    description: formatCoded(coded("ledger_opening", { number, day: asOf })),
    actor: booking.actor,
    legs: legsOfOpeningCredit({ subscriberId, amountCentavos }),
  }]);
  return { number };
}

async function restore(useCase: UseCase, subscriberId: string): Promise<void> {
  const restored = await restoreService(useCase.trx, useCase.tenant, subscriberId, useCase.booking);
  useCase.touchRouters(restored.routerIds);
  useCase.live(["money", "tonight"]);
}

async function audit(
  { trx, actor, at, business }: UseCase,
  subscriberId: string,
  entry: Pick<Parameters<typeof recordAudit>[2], "action" | "summary">,
): Promise<void> {
  await recordAudit(trx, actor, {
    ...entry,
    subjectKind: "subscriber",
    subjectId: subscriberId,
    subscriberId,
    at,
    businessOn: business.today,
  });
}
