import { uuidv7 } from "@/shared/ids.ts";
import { type Centavos, centavos } from "@/shared/money/mod.ts";
import type { Result } from "@/shared/result.ts";
import { buyPrepaid } from "@/web/services/billing/buy_prepaid.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { cancelModeChange } from "@/web/services/billing/mode_days.ts";
import { changePayer } from "@/web/services/billing/change_payer.ts";
import { cancelPlanChange, changePlan } from "@/web/services/billing/change_plan.ts";
import { creditOutages } from "@/web/services/billing/credit_outages.ts";
import { listDueOutageCredits } from "@/web/services/billing/due_outage_credits.ts";
import { issueCharge } from "@/web/services/billing/issue_charge.ts";
import { cancelPayerChange, undoPayerChange } from "@/web/services/billing/payer_days.ts";
import { endOutage, recordOutage, takeOutageBack } from "@/web/services/billing/record_outage.ts";
import { switchRenewal } from "@/web/services/billing/renew_prepaid.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { reviewPlanNow } from "@/web/services/billing/review_plan_now.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeBackOpeningCredit, takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reverseRefund } from "@/web/services/payments/reverse_refund.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { takeBackEnd } from "@/web/services/subscribers/take_back_end.ts";
import { findLastPayerChange } from "@/web/store/billing/payer_changes.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { lockSubscription } from "@/web/store/subscribers/subscriptions.ts";
import { replacePrepaidUnits } from "@/web/store/billing/prepaid.ts";
import { type Isp, todayOf } from "../isp.ts";
import { UNITS } from "../prepaid_isp.ts";
import { setTax } from "../tax_isp.ts";
import type { Dice } from "./dice.ts";
import { endConnection, planEnd } from "../ends.ts";

const AMOUNTS = [1, 100, 5_000, 49_900, 100_000, 150_000, 400_000] as const;
const reason = "Corrected";

/** Everything that a company may charge or give is on: fees, VAT, withholding, outage credit, days up front. */
export async function switchAllOn(isp: Isp, dice: Dice): Promise<void> {
  await isp.run(async (trx) => {
    await trx.updateTable("tenants").set({
      late_after_days: dice.whole(0, 5),
      ...(dice.happens(0.5)
        ? { late_fee_kind: "flat" as const, late_fee_centavos: 5_000n }
        : { late_fee_kind: "percent" as const, late_fee_bp: 500 }),
      reconnection_fee_centavos: dice.happens(0.7) ? 10_000n : 0n,
      outage_credit: dice.happens(0.6) ? "automatic" : "ask",
      outage_threshold_minutes: 60 * dice.whole(1, 30),
    }).where("id", "=", isp.tenantId).execute();
    await trx.updateTable("subscribers").set({ withholding_rate_bp: 200 })
      .where("tenant_id", "=", isp.tenantId).where("id", "in", isp.subscriberIds.slice(0, 2)).execute();
    const plans = await trx.selectFrom("plans").select("id").where("tenant_id", "=", isp.tenantId).execute();
    for (const { id } of plans) await replacePrepaidUnits(trx, id, UNITS);
  });
  await setTax(isp, dice.of(["non_vat", "vat_inclusive", "vat_exclusive"] as const)!);
}

/** All that a person may do with money and connections beside what the judged histories do, drawn by the dice. */
export class AllActions {
  readonly #isp: Isp;
  readonly #dice: Dice;
  /** How often each was carried out, and how often it was refused and why. */
  readonly counts = new Map<string, number>();

  constructor(isp: Isp, dice: Dice) {
    this.#isp = isp;
    this.#dice = dice;
  }

  get #call() {
    return [this.#isp.context, this.#isp.tenantId, this.#isp.actor] as const;
  }

  /** Does one thing, and says what. */
  async act(): Promise<string> {
    const [name, work] = this.#dice.of(Object.entries(this.#actions))!;
    const done = await work();
    const said = `${name}: ${done === null ? "nothing to do" : done.ok ? "ok" : done.code}`;
    this.counts.set(said, (this.counts.get(said) ?? 0) + 1);
    return said;
  }

  readonly #actions: Record<string, () => Promise<Result<unknown, string> | null>> = {
    "pay a bill": () => this.#payBill(),
    "pay late": () => this.#pay({ receivedOn: this.#today.subtract({ days: this.#dice.whole(1, 20) }) }),
    "certificate": () =>
      this.#pay({ method: "withholding_2307", reference: `C-${this.#dice.whole(1, 999_999)}` }),
    refund: () => this.#refund(),
    "undo refund": () => this.#undoRefund(),
    memo: () => this.#memo(),
    "write off": () => this.#writeOff(),
    "undo memo": () => this.#undoMemo(),
    charge: () => this.#charge("one_time"),
    "debit memo": () => this.#charge("debit_memo"),
    "void any": () => this.#voidAny(),
    "opening balance": () => this.#opening(),
    "opening credit back": () => takeBackOpeningCredit(...this.#call, { subscriberId: this.#subscriber() }),
    "plan today": () => this.#planToday(),
    "cancel plan": () => cancelPlanChange(...this.#call, { subscriptionId: this.#connection() }),
    "change mode": () => this.#changeMode(),
    "cancel mode": () => cancelModeChange(...this.#call, { subscriptionId: this.#connection() }),
    buy: () => this.#buy(),
    renewal: () =>
      switchRenewal(...this.#call, {
        subscriptionId: this.#connection(),
        renewsItself: this.#dice.happens(0.7),
      }),
    "change payer": () => this.#changePayer(),
    "cancel payer": () => cancelPayerChange(...this.#call, { subscriptionId: this.#connection() }),
    "undo payer": () => this.#undoPayer(),
    "plan end": () => this.#planEnd(),
    "undo end": () => takeBackEnd(...this.#call, { subscriptionId: this.#connection() }),
    "end now": () => this.#endNow(),
    outage: () => this.#outage(),
    "end outage": () => this.#endOutage(),
    "take outage back": () => this.#takeOutageBack(),
    "credit outages": () => this.#creditOutages(),
  };

  get #today(): Temporal.PlainDate {
    return todayOf(this.#isp);
  }

  #subscriber(): string {
    return this.#dice.of(this.#isp.subscriberIds)!;
  }

  #connection(): string {
    return this.#dice.of(this.#isp.subscriptionIds)!;
  }

  #amount(): Centavos {
    return centavos(this.#dice.of(AMOUNTS)!);
  }

  #id(): string {
    return uuidv7(this.#isp.clock.now().epochMilliseconds);
  }

  /** The newest bills in a status. */
  #bills(status: "issued" | "void" = "issued") {
    return this.#isp.run((trx) =>
      trx.selectFrom("bills").selectAll().where("tenant_id", "=", this.#isp.tenantId)
        .where("status", "=", status).orderBy("number", "desc").limit(30).execute()
    );
  }

  #pay(more: Partial<Parameters<typeof recordPayment>[3]>) {
    return recordPayment(...this.#call, {
      subscriberId: this.#subscriber(),
      amountCentavos: this.#amount(),
      method: "cash",
      receivedOn: this.#today,
      idempotencyKey: crypto.randomUUID(),
      ...more,
    });
  }

  async #payBill() {
    const bill = this.#dice.of(await this.#bills());
    if (bill === undefined) return null;
    const owed = bill.total_centavos - bill.paid_centavos;
    return await this.#pay({
      subscriberId: bill.subscriber_id,
      targetBillId: bill.id,
      ...(owed > 0n && this.#dice.happens(0.6) && { amountCentavos: centavos(owed) }),
    });
  }

  #refund() {
    return refundCredit(...this.#call, {
      subscriberId: this.#subscriber(),
      amountCentavos: this.#amount(),
      method: "cash",
      reference: "",
      reason,
      idempotencyKey: crypto.randomUUID(),
    });
  }

  async #undoRefund() {
    const refund = this.#dice.of(
      await this.#isp.run((trx) =>
        trx.selectFrom("refunds").select("id").where("tenant_id", "=", this.#isp.tenantId).orderBy("number")
          .execute()
      ),
    );
    return refund === undefined ? null : await reverseRefund(...this.#call, { refundId: refund.id, reason });
  }

  async #memo() {
    const bill = this.#dice.happens(0.7) ? this.#dice.of(await this.#bills()) : undefined;
    const whole = bill !== undefined && this.#dice.happens(0.4);
    return await issueMemo(...this.#call, {
      subscriberId: bill?.subscriber_id ?? this.#subscriber(),
      kind: this.#dice.of(["goodwill", "correction", "other"] as const)!,
      reason,
      amountCentavos: whole ? centavos(bill.total_centavos) : this.#amount(),
      billId: bill?.id ?? null,
      idempotencyKey: crypto.randomUUID(),
    });
  }

  async #writeOff() {
    const bill = this.#dice.of(
      (await this.#bills()).filter((one) => one.paid_centavos < one.total_centavos),
    );
    if (bill === undefined) return null;
    return await issueMemo(...this.#call, {
      subscriberId: bill.subscriber_id,
      kind: "write_off",
      reason,
      amountCentavos: centavos(bill.total_centavos - bill.paid_centavos),
      billId: bill.id,
      idempotencyKey: crypto.randomUUID(),
    });
  }

  async #undoMemo() {
    const memo = this.#dice.of(
      await this.#isp.run((trx) =>
        trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", this.#isp.tenantId)
          .orderBy("number", "desc").limit(20).execute()
      ),
    );
    return memo === undefined ? null : await voidMemo(...this.#call, { memoId: memo.id, reason });
  }

  async #charge(kind: "one_time" | "debit_memo") {
    const subscriptionId = this.#connection();
    const row = await this.#isp.run((trx) => lockSubscription(trx, subscriptionId));
    return await issueCharge(...this.#call, {
      subscriberId: row!.subscriber_id,
      kind,
      what: "Router",
      amountCentavos: this.#amount(),
      subscriptionId: this.#dice.happens(0.5) ? subscriptionId : null,
      billId: this.#id(),
    });
  }

  async #voidAny() {
    const bill = this.#dice.of(await this.#bills());
    if (bill === undefined) return null;
    const periods = this.#dice.of(["bill_again", "never", undefined] as const);
    return await voidBill(...this.#call, { billId: bill.id, reason, ...(periods && { periods }) });
  }

  #opening() {
    return takeOverBalance(...this.#call, {
      subscriberId: this.#subscriber(),
      side: this.#dice.happens(0.5) ? "owed" : "credit",
      amountCentavos: this.#amount(),
      asOf: this.#today.subtract({ days: this.#dice.whole(0, 300) }),
    });
  }

  /** A plan of the provider that is not the connection's, mostly. */
  async #anyPlan(): Promise<string> {
    const plans = await this.#isp.run((trx) =>
      trx.selectFrom("plans").select("id").where("tenant_id", "=", this.#isp.tenantId)
        .orderBy("price_centavos").execute()
    );
    return this.#dice.of(plans)!.id;
  }

  async #planToday() {
    const subscriptionId = this.#connection();
    const planId = await this.#anyPlan();
    const seen = await this.#isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, subscriptionId))!;
      if (connection.plan_id === planId || connection.activated_on === null) return null;
      const moment = { tenant: await getTenant(trx), today: this.#today };
      return await reviewPlanNow(trx, moment, connection, { planId, keepsOwnPrice: false });
    });
    if (seen === null) return null;
    const today = { netNowCentavos: seen.netNowCentavos };
    return await changePlan(...this.#call, { subscriptionId, planId, today });
  }

  #changeMode() {
    return changeMode(...this.#call, {
      subscriptionId: this.#connection(),
      to: this.#dice.happens(0.5) ? "prepaid" : "postpaid",
      when: this.#dice.happens(0.5) ? "today" : "next_boundary",
      unused: this.#dice.happens(0.5) ? "coverage" : "credit",
    });
  }

  #buy() {
    const amount = this.#amount();
    return buyPrepaid(...this.#call, {
      subscriptionId: this.#connection(),
      unit: this.#dice.happens(0.7) ? "days" : "months",
      count: this.#dice.of([1, 7, 30])!,
      quantity: this.#dice.whole(1, 2),
      once: this.#id(),
      ...(this.#dice.happens(0.8) && {
        payment: { amountCentavos: amount, method: "cash" as const, receivedOn: this.#today },
      }),
    });
  }

  async #changePayer() {
    const subscriptionId = this.#connection();
    const row = await this.#isp.run((trx) => lockSubscription(trx, subscriptionId));
    return await changePayer(...this.#call, {
      subscriptionId,
      fromSubscriberId: row!.subscriber_id,
      to: { subscriberId: this.#subscriber() },
      when: this.#dice.happens(0.6) ? "today" : "next_boundary",
      unused: this.#dice.happens(0.5) ? "keep" : "credit",
      shownOn: this.#today,
      once: this.#id(),
    });
  }

  async #undoPayer() {
    const subscriptionId = this.#connection();
    const last = await this.#isp.run((trx) => findLastPayerChange(trx, subscriptionId));
    if (last === null) return null;
    return await undoPayerChange(...this.#call, { subscriptionId, changeId: last.id });
  }

  #planEnd() {
    return planEnd(...this.#call, {
      subscriptionId: this.#connection(),
      lastDay: this.#today.add({ days: this.#dice.whole(1, 20) }),
      unused: this.#dice.happens(0.5) ? "credit" : "no_credit",
    });
  }

  /** Seldom, so that something is left to live. */
  async #endNow() {
    if (this.#dice.happens(0.7)) return null;
    const subscriptionId = this.#connection();
    const lastDay = this.#today.subtract({ days: this.#dice.whole(0, 3) });
    const input = { lastDay, unused: this.#dice.happens(0.5) ? "credit" as const : "no_credit" as const };
    const review = await this.#isp.run(async (trx) => {
      const connection = (await lockSubscription(trx, subscriptionId))!;
      if (connection.status === "cancelled") return null;
      return await reviewEnd(trx, { tenant: await getTenant(trx), today: this.#today }, connection, input);
    });
    if (review === null || !review.ok) return review;
    const { netCentavos } = review.value;
    return await endConnection(...this.#call, { ...input, subscriptionId, netCentavos });
  }

  #outage() {
    const now = this.#isp.clock.now();
    const from = now.subtract({ hours: this.#dice.whole(1, 24 * 40) });
    const to = from.add({ hours: this.#dice.whole(1, 24 * 6) });
    return recordOutage(...this.#call, {
      id: this.#id(),
      from,
      to: Temporal.Instant.compare(to, now) < 0 ? to : null,
      cause: "Fiber cut",
      kind: this.#dice.happens(0.8) ? "fault" : "scheduled",
      scope: this.#dice.happens(0.5) ? "company" : "router",
      siteId: null,
      routerId: this.#dice.of(this.#isp.routerIds)!,
      pppNames: [],
    });
  }

  #outages() {
    return this.#isp.run((trx) =>
      trx.selectFrom("outages").select(["id", "from_at", "to_at"]).where("tenant_id", "=", this.#isp.tenantId)
        .orderBy("id").execute()
    );
  }

  async #endOutage() {
    const outage = this.#dice.of((await this.#outages()).filter((one) => one.to_at === null));
    if (outage === undefined) return null;
    return await endOutage(...this.#call, { id: outage.id, to: this.#isp.clock.now() });
  }

  async #takeOutageBack() {
    const outage = this.#dice.of(await this.#outages());
    return outage === undefined ? null : await takeOutageBack(...this.#call, { id: outage.id, reason });
  }

  async #creditOutages() {
    const which = { withRunning: this.#dice.happens(0.3), withHeld: this.#dice.happens(0.3) };
    const seenCentavos = await this.#isp.run(async (trx) => {
      const tenant = await getTenant(trx);
      const moment = { tenant, now: this.#isp.clock.now(), today: this.#today, subscriptionIds: null };
      const due = await listDueOutageCredits(trx, { ...moment, withRunning: which.withRunning });
      return due.filter((row) => row.dueCentavos > 0n && (which.withHeld || !row.is_held))
        .reduce((total, row) => total + row.dueCentavos, 0n);
    });
    return await creditOutages(...this.#call, { ...which, seenCentavos });
  }
}
