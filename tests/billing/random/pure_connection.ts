import { centavos } from "@/shared/money/mod.ts";
import {
  type BilledLine,
  type DayRange,
  type FreedPeriod,
  mergeRanges,
  nextBillOn,
  NO_OWN_RULES,
  type OwnTerms,
  type PeriodTerms,
} from "@/web/domain/billing/mod.ts";
import { billingRules } from "@/web/services/billing/billing_rules.ts";
import { toOwnPrices } from "@/web/services/billing/own_prices.ts";
import { toOwnRulesColumns } from "@/web/services/billing/rule_levels.ts";
import type { WaitingReconnection } from "@/web/services/billing/reconnection_fees.ts";
import type { SubscriptionFacts, SubscriptionPlan } from "@/web/services/billing/subscription_plan.ts";
import type { OwnShape } from "@/web/store/billing/bill_write.ts";
import type { DueSubscription } from "@/web/store/billing/bill_run.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import type { Day, Given, LifeBill, LifeConnection, Off, OwnAgreed } from "./life_types.ts";

const DAYS = new Map<Day, Temporal.PlainDate>();

/** A day as the engine takes it. */
export function dateOf(day: Day): Temporal.PlainDate {
  let date = DAYS.get(day);
  if (date === undefined) {
    date = Temporal.PlainDate.from("1970-01-01").add({ days: day });
    DAYS.set(day, date);
  }
  return date;
}

/** The number of a day. */
export function dayOf(date: Temporal.PlainDate | string): Day {
  const text = date.toString();
  return Math.round(
    Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8, 10))) / 86_400_000,
  );
}

/** A charged period in memory, with what it is billed again by. */
interface Period {
  from: Day;
  until: Day;
  state: "billed" | "to_bill_again" | "never";
  bill: string | null;
  freedBill: string | null;
  why: string | null;
  terms: PeriodTerms | null;
  firstBilledOn: Day | null;
}

/** One connection as the database keeps it: its row, its periods and when it was off. */
export class PureConnection {
  readonly row: DueSubscription;
  readonly given: Given[];
  readonly offs: Off[] = [];
  own: OwnAgreed[] = [];
  nextBill: Day;
  #periods = new Map<Day, Period>();
  /** Cuts that were lifted, with the bill that asks for each; null while it waits. */
  #fees: (WaitingReconnection & { bill: string | null })[] = [];
  #tenant: TenantRow;

  constructor(tenant: TenantRow, id: string, plan: string, timing: "arrears" | "advance", activatedOn: Day) {
    this.#tenant = tenant;
    this.given = [{ plan, agreedOn: -1, from: activatedOn }];
    this.row = {
      ...toOwnRulesColumns(NO_OWN_RULES),
      id,
      subscriber_id: "subscriber",
      ppp_name: id,
      anchor_day: tenant.cycle_day,
      billing_mode: "postpaid",
      bill_timing: timing,
      activated_on: dateOf(activatedOn).toString(),
      billed_through_on: null,
      stopped_from_on: null,
      stopped_at: null,
      plan_id: plan,
      next_plan_on: null,
      prepaid_from_on: null,
      ends_on: null,
      next_plan_id: null,
    };
    this.nextBill = activatedOn;
  }

  get activatedOn(): Day {
    return dayOf(this.row.activated_on!);
  }

  get billedThrough(): Day | null {
    return this.row.billed_through_on === null ? null : dayOf(this.row.billed_through_on);
  }

  get periods(): readonly Pick<Period, "why">[] {
    return this.#sorted();
  }

  get isOff(): boolean {
    return this.offs.some(({ until }) => until === null);
  }

  /** What a run reads of it beyond its row; null when there is nothing, as for most. */
  facts(bills: readonly LifeBill[], unpaidBills: number): SubscriptionFacts | null {
    const freed = this.#sorted().filter(({ state }) => state === "to_bill_again");
    const from = this.billedThrough;
    const isAheadOfItself = this.#sorted().some((period) => from === null || period.from >= from);
    const reconnections = this.#fees.filter(({ bill }) => bill === null);
    if (freed.length === 0 && this.offs.length === 0 && this.own.length === 0 && !isAheadOfItself) {
      return null;
    }
    const own = bills.filter((bill) => bill.connection === this.row.id && !bill.isVoid);
    const suspended = this.#uncharged();
    return {
      isAheadOfItself,
      reconnections,
      own: toOwnPrices(this.own.map((own) => rowOf(this.row.id, own)), this.row),
      freed: freed.map((period): FreedPeriod => ({
        freedBillId: period.freedBill!,
        periodStart: dateOf(period.from),
        periodEnd: dateOf(period.until),
        terms: period.terms!,
        firstBilledOn: dateOf(period.firstBilledOn!),
        suspended,
        creditedCentavos: centavos(creditedFor(own, period)),
      })),
      suspended,
      isOff: this.isOff,
      unpaidBills: this.isOff ? unpaidBills : 0,
      billedLines: this.row.bill_timing === "advance" && this.offs.length > 0 ? this.#billedLines(own) : [],
    };
  }

  #billedLines(own: readonly LifeBill[]): BilledLine[] {
    return this.#sorted().filter(({ state }) => state === "billed").flatMap((period): BilledLine[] => {
      const lines = own.flatMap(({ lines }) => lines).filter((line) =>
        line.from === period.from && line.until === period.until
      );
      const charges = lines.filter(({ amount, isFee }) => amount > 0n && !isFee);
      if (charges.length === 0) return [];
      return [{
        periodStart: dateOf(period.from),
        periodEnd: dateOf(period.until),
        amountCentavos: centavos(charges.reduce((sum, { amount }) => sum + amount, 0n)),
        issuedOn: dateOf(period.firstBilledOn!),
        creditedCentavos: centavos(creditedFor(own, period)),
      }];
    });
  }

  #uncharged(): DayRange[] {
    const skips = this.#tenant.suspended_policy === "skip";
    return mergeRanges(
      this.offs.filter(({ reason }) => reason === "vacation" || skips).map(({ from, until }) => ({
        start: dateOf(from),
        end: until === null ? null : dateOf(until),
      })),
    );
  }

  /** Writes what a run has planned; the bills get the ids that are given. */
  write(plan: SubscriptionPlan, today: Day, nextId: () => string): LifeBill[] {
    const made: LifeBill[] = [];
    for (const { period_start, period_end, why } of plan.never) {
      this.#never(dayOf(period_start), dayOf(period_end), why);
    }
    for (const start of plan.dropped) {
      const period = this.#periods.get(dayOf(start))!;
      Object.assign(period, { state: "never", why: "suspended", freedBill: null });
    }
    const isOnTop = this.#tenant.tax_mode === "vat_exclusive";
    for (const shape of plan.bills) {
      const bill: LifeBill = {
        id: nextId(),
        connection: this.row.id,
        issuedOn: today,
        dueOn: dayOf(shape.due_on),
        from: dayOf(shape.period_start),
        until: dayOf(shape.period_end),
        total: BigInt(shape.total_centavos),
        vat: BigInt(shape.vat_centavos),
        isLateFee: false,
        lines: shape.lines.map((line) => ({
          connection: this.row.id,
          from: dayOf(line.period_start),
          until: dayOf(line.period_end),
          amount: BigInt(line.amount_centavos) - (isOnTop ? BigInt(line.vat_centavos) : 0n),
          vat: BigInt(line.vat_centavos),
          isFee: line.kind === "reconnection_fee",
        })),
        isAgain: shape.lines.some((line) => line.terms?.is_again === true),
        isVoid: false,
        voidedOn: null,
      };
      for (const line of shape.lines) if (line.terms !== null) this.#charge(bill.id, line, today);
      made.push(bill);
    }
    for (const fee of this.#fees) {
      if (plan.reconnections.includes(fee.id)) {
        fee.bill = made.find(({ lines }) => lines.some((line) => line.isFee))?.id ?? null;
      }
    }
    Object.assign(this.row, {
      billed_through_on: plan.watermark.billed_through_on,
      stopped_from_on: plan.watermark.stopped_from_on,
      stopped_at: plan.watermark.stopped_at,
    });
    const next = plan.watermark.next_bill_on;
    if (next === null) throw new Error("Cannot go on: a postpaid connection has no next bill");
    this.nextBill = dayOf(next);
    return made;
  }

  #charge(bill: string, line: SubscriptionPlan["bills"][number]["lines"][number], today: Day): void {
    const { terms } = line;
    if (terms === null) return;
    const from = dayOf(line.period_start);
    if (terms.is_again) {
      Object.assign(this.#periods.get(from)!, { state: "billed", bill, freedBill: null });
      return;
    }
    this.#add({
      from,
      until: dayOf(line.period_end),
      state: "billed",
      bill,
      freedBill: null,
      why: null,
      terms: {
        planName: terms.plan_name,
        priceCentavos: centavos(BigInt(terms.price_centavos)),
        anchorDay: terms.anchor_day,
        proration: this.#tenant.proration,
        isChargedInFull: terms.is_in_full,
        ...(terms.own_kind !== undefined && { own: ownTermsOf(terms) }),
      },
      firstBilledOn: today,
    });
  }

  #never(from: Day, until: Day, why: string): void {
    this.#add({
      from,
      until,
      state: "never",
      bill: null,
      freedBill: null,
      why,
      terms: null,
      firstBilledOn: null,
    });
  }

  /** As the exclusion constraint of the database: no two rows of a connection overlap. */
  #add(period: Period): void {
    for (const other of this.#periods.values()) {
      if (other.from < period.until && period.from < other.until) {
        throw new Error(`Cannot add a period of ${this.row.id}: it overlaps another one`);
      }
    }
    this.#periods.set(period.from, period);
  }

  /** Its bill was voided: its periods are billed again by the next run. */
  free(bill: string, today: Day): void {
    for (const fee of this.#fees) if (fee.bill === bill) fee.bill = null;
    let isFreed = false;
    for (const period of this.#periods.values()) {
      if (period.state !== "billed" || period.bill !== bill) continue;
      Object.assign(period, { state: "to_bill_again", freedBill: bill, bill: null });
      isFreed = true;
    }
    if (isFreed && today < this.nextBill) this.nextBill = today;
  }

  /** What was agreed before for the same days ends before it, or never begins. */
  agree(own: OwnAgreed): void {
    const overlaps = ({ from, last }: OwnAgreed) =>
      (last === null || last >= own.from) && (own.last === null || from <= own.last);
    this.own = this.own.flatMap((one) =>
      !overlaps(one) ? [one] : one.from < own.from ? [{ ...one, last: own.from - 1 }] : []
    );
    this.own.push(own);
  }

  /** The plan that follows becomes the plan: what was agreed for the one that is left ends with it. */
  settlePlan(): void {
    const { plan_id: left, next_plan_id: plan, next_plan_on: from } = this.row;
    const last = dayOf(from!) - 1;
    this.own = this.own.flatMap((own) =>
      own.plan !== left || own.last !== null && own.last <= last
        ? [own]
        : own.from <= last
        ? [{ ...own, last }]
        : []
    );
    Object.assign(this.row, { plan_id: plan, next_plan_on: null, next_plan_id: null });
  }

  /** A posting lifts its cut: the next bill asks for that. */
  noteFee(amount: number, today: Day): void {
    const cut = this.offs.find(({ reason, until }) => reason === "nonpayment" && until === null);
    if (cut === undefined || amount === 0) return;
    this.#fees.push({
      id: `cut-${this.#fees.length}`,
      cutOn: dateOf(cut.from),
      backOn: dateOf(today),
      amountCentavos: centavos(amount),
      bill: null,
    });
  }

  suspend(reason: Off["reason"], today: Day): void {
    const stands = this.offs.some((off) => off.reason === reason && off.until === null);
    if (!stands) this.offs.push({ reason, from: today, until: null });
  }

  /** Takes a reason away; bills that had stopped begin again with today when none is left. */
  resume(reason: Off["reason"], today: Day): void {
    for (const off of this.offs) if (off.reason === reason && off.until === null) off.until = today;
    if (this.isOff || this.row.stopped_from_on === null) return;
    const stopped = dayOf(this.row.stopped_from_on);
    if (stopped < today) this.#never(stopped, today, "stopped");
    const billedThrough = dateOf(Math.max(stopped, today));
    const rules = billingRules(this.#tenant, {
      planName: "",
      priceCentavos: 0n,
      anchorDay: this.row.anchor_day,
      timing: this.row.bill_timing,
      activatedOn: dateOf(this.activatedOn),
    });
    const next = dayOf(nextBillOn({ ...rules, billedThrough }));
    const isFreed = [...this.#periods.values()].some(({ state }) => state === "to_bill_again");
    this.nextBill = isFreed ? Math.min(this.nextBill, next) : next;
    Object.assign(this.row, {
      billed_through_on: billedThrough.toString(),
      stopped_from_on: null,
      stopped_at: null,
    });
  }

  /** For the judge. */
  told(): LifeConnection {
    const { given, own, offs, billedThrough, activatedOn } = this;
    const periods = this.#sorted().map(({ from, until, state, bill, why, firstBilledOn }) => ({
      from,
      until,
      state,
      bill,
      why,
      firstBilledOn,
    }));
    const waitingFees = this.#fees.filter(({ bill }) => bill === null).length;
    return { id: this.row.id, activatedOn, billedThrough, given, own, offs, periods, waitingFees };
  }

  #sorted(): Period[] {
    return [...this.#periods.values()].sort((a, b) => a.from - b.from);
  }
}

function ownTermsOf(shape: Partial<OwnShape>): OwnTerms {
  const until = shape.own_until_on ?? null;
  return {
    kind: shape.own_kind as OwnTerms["kind"],
    amountCentavos: centavos(BigInt(shape.own_amount_centavos ?? 0)),
    basisPoints: shape.own_basis_points ?? 0,
    listPriceCentavos: centavos(BigInt(shape.list_price_centavos ?? 0)),
    untilOn: until === null ? null : Temporal.PlainDate.from(until),
  };
}

function rowOf(connection: string, own: OwnAgreed) {
  return {
    subscription_id: connection,
    kind: own.kind,
    amount_centavos: own.amount,
    basis_points: own.basisPoints,
    from_on: dateOf(own.from),
    last_on: own.last === null ? null : dateOf(own.last),
    periods: null,
    is_by_day: own.isByDay,
    only_plan_id: own.plan,
  };
}

function creditedFor(bills: readonly LifeBill[], period: { from: Day; until: Day }): bigint {
  return bills.flatMap(({ lines }) => lines)
    .filter((line) => line.amount < 0n && line.from === period.from && line.until === period.until)
    .reduce((sum, { amount }) => sum - amount, 0n);
}
