import { coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import {
  prepareBillBatch,
  type ShapedBill,
  writeBillHeads,
  writeBillParts,
} from "@/web/store/billing/bill_write.ts";
import { insertNeverBilled, updateNeverBilled } from "@/web/store/billing/charged_periods.ts";
import { takeNumbers } from "@/web/store/billing/number_series.ts";
import { updateReconnectionsBilled } from "@/web/store/billing/reconnection_fees.ts";
import type { RunRow } from "@/web/store/billing/runs.ts";
import { listCreditSources } from "@/web/store/payments/credit_sources.ts";
import { recordAudit } from "../audit.ts";
import { queueingOf } from "../mail/queue_mail.ts";
import { queueMailsOfRun } from "../mail/write_mails.ts";
import { applyIdleCredit } from "../payments/apply_credit.ts";
import { lockSubscribersOf } from "@/web/store/subscribers/subscribers.ts";
import type { UseCase } from "../use_case.ts";
import type { SubscriptionPlan } from "./subscription_plan.ts";

/** Writes the bills of a batch with numbers, books, credit and watermarks. */
export async function writePlans(
  useCase: UseCase,
  run: RunRow,
  plans: readonly SubscriptionPlan[],
): Promise<ShapedBill[]> {
  const { trx, at, booking } = useCase;
  // Those that are billed for days of before are not who was locked with the connection.
  const others = plans.flatMap((plan) => [...plan.otherPayers.values()]);
  if (others.length > 0) await lockSubscribersOf(trx, [], others);
  const bills = plans.flatMap((plan) =>
    plan.bills.map((shape): ShapedBill => ({
      id: uuidv7(at.epochMilliseconds),
      transactionId: uuidv7(at.epochMilliseconds),
      subscriberId: plan.otherPayers.get(shape) ?? plan.subscription.subscriber_id,
      subscriptionId: plan.subscription.id,
      shape,
    }))
  );
  const statement = prepareBillBatch({
    bills,
    watermarks: plans.map((plan) => ({ subscriptionId: plan.subscription.id, shape: plan.watermark })),
    runId: run.id,
    at,
    businessOn: booking.businessOn,
    actor: booking.actor,
  });
  const ofEach = <T>(rows: (plan: SubscriptionPlan) => readonly T[]) =>
    plans.flatMap((plan) => rows(plan).map((row) => ({ row, subscription_id: plan.subscription.id })));
  await insertNeverBilled(
    trx,
    ofEach((plan) => plan.never).map(({ row, subscription_id }) => ({ ...row, subscription_id })),
    at,
  );
  await updateNeverBilled(
    trx,
    ofEach((plan) => plan.dropped).map(({ row, subscription_id }) => ({
      subscription_id,
      period_start: row,
    })),
  );
  const credit = await listCreditSources(trx, [...new Set(bills.map((bill) => bill.subscriberId))]);
  await writeBillParts(trx, statement);
  await queueMailsOfRun(trx, bills, queueingOf(booking));
  // From here to the commit other batches wait for their numbers: everything that can be written is.
  await writeBillHeads(trx, statement, await takeNumbers(trx, "bill", bills.length));
  await updateReconnectionsBilled(
    trx,
    plans.filter((plan) => plan.reconnections.length > 0).flatMap((plan) => {
      const { id, subscriber_id: payer } = plan.subscription;
      const billId = bills.find((bill) => bill.subscriptionId === id && bill.subscriberId === payer)?.id;
      return billId === undefined ? [] : plan.reconnections.map((cut) => ({ id: cut, billId }));
    }),
  );
  await applyIdleCredit(trx, [...new Set(credit.map((source) => source.subscriber_id))], booking);
  return bills;
}

/** Last in the transaction: bills that stop are seen on the subscriber's timeline. */
export async function auditStopped(
  { trx, at, actor, business }: UseCase,
  run: RunRow,
  plans: readonly SubscriptionPlan[],
): Promise<void> {
  for (const { subscription, watermark, stopAfter } of plans) {
    await recordAudit(trx, actor, {
      action: "subscription.bills_stopped",
      subjectKind: "subscription",
      subjectId: subscription.id,
      subscriberId: subscription.subscriber_id,
      summary: coded("audit_bills_stopped", { count: stopAfter }),
      details: { run_id: run.id, from: watermark.stopped_from_on },
      at,
      businessOn: business.today,
    });
  }
}
