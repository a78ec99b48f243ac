import { centavos } from "@/shared/money/mod.ts";
import { countFirstWords } from "@/tests/support/soak.ts";
import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import { type PricedPlan, taxLines } from "@/web/domain/billing/mod.ts";
import { isRestored, type OpenBill, pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import { taxTermsOn } from "@/web/services/billing/tax_terms.ts";
import { BillPlanner } from "@/web/services/billing/bill_planner.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { Dice } from "./dice.ts";
import type { Agreed, Day, Life, LifeBill, LifeSettings, Off } from "./life_types.ts";
import { PureDisputes } from "./pure_disputes.ts";
import { anyOwnPrice } from "./own_choice.ts";
import { dateOf, dayOf, PureConnection } from "./pure_connection.ts";
import { PureLateFees } from "./pure_late_fees.ts";
import { PureMoney } from "./pure_money.ts";

const FIRST_DAY = dayOf("2026-01-01");
const AT = Temporal.Instant.from("2026-01-01T00:05:00Z");
const PLANS = ["A", "B", "C"];
const MIN_BALANCE = 100n;

/** One subscriber with one to three connections, on the pure engine: what the services do, with lists for tables. */
export class PureLife {
  readonly settings: LifeSettings;
  readonly done: string[] = [];
  today: Day = FIRST_DAY;
  #dice: Dice;
  #tenant: TenantRow;
  #prices = new Map<string, Agreed[]>();
  #connections: PureConnection[] = [];
  #money: PureMoney;
  #late: PureLateFees;
  #bills: LifeBill[] = [];
  #billCount = 0;
  #disputes: PureDisputes;
  #downUntil: Day = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
    const dice = this.#dice;
    const timing = dice.happens(0.5) ? "arrears" as const : "advance" as const;
    const firstBills = timing === "arrears"
      ? ["prorate", "full", "free", "merge_stub_lt"] as const
      : ["prorate", "full", "free", "stub_plus_full"] as const;
    this.settings = {
      timing,
      anchorDay: dice.whole(1, 31),
      leadDays: timing === "advance" ? dice.whole(0, 10) : 0,
      termsDays: dice.whole(0, 20),
      graceDays: dice.whole(0, 10),
      minNoticeDays: dice.whole(0, 5),
      firstBill: dice.of(firstBills)!,
      mergeStubLtDays: dice.whole(0, 20),
      proration: dice.happens(0.7) ? "actual" : "days30",
      policy: dice.happens(0.5) ? "charge" : "skip",
      stopAfter: dice.whole(0, 3),
      tax: dice.of(["non_vat", "vat_inclusive", "vat_exclusive"] as const)!,
      vatRate: dice.happens(0.7) ? 1200 : dice.whole(1, 5000),
      reconnectionFee: dice.happens(0.5) ? dice.whole(1, 50_000) : 0,
      lateFee: dice.of([
        null,
        { kind: "flat" as const, centavos: dice.whole(1, 20_000) },
        { kind: "percent" as const, basisPoints: dice.of([1, 333, 500, 10_000])! },
      ])!,
      lateAfterDays: dice.whole(0, 8),
    };
    this.#tenant = tenantOf(this.settings);
    this.#disputes = new PureDisputes(this.settings);
    this.#money = new PureMoney(this.settings.tax === "vat_exclusive");
    this.#late = new PureLateFees(this.settings, {
      money: this.#money,
      disputed: (bill) => this.#disputes.openOf(bill.id)?.amount ?? 0n,
      charge: (late, amount) => this.#chargeLate(late, amount),
      takeBack: (bill) => this.#takeBack(bill),
      giveBack: (bill, amount) => this.#giveMemo(bill, amount),
    });
    for (const plan of PLANS) this.#prices.set(plan, [{ on: -1, from: null, price: this.#anyPrice() }]);
    const count = dice.whole(1, 3);
    for (let n = 0; n < count; n++) {
      const activatedOn = FIRST_DAY + (n === 0 ? dice.whole(0, 40) : dice.whole(0, 400));
      const id = `line-${n}`;
      this.#connections.push(new PureConnection(this.#tenant, id, dice.of(PLANS)!, timing, activatedOn));
    }
  }

  /** A day: the bill run and the cut run, then what people do. On some days nothing runs and nobody is there. */
  live(): void {
    this.today++;
    if (this.today < this.#downUntil) return;
    if (this.#dice.happens(0.003)) {
      this.#downUntil = this.today + this.#dice.whole(1, 50);
      return;
    }
    this.#run();
    this.#late.run(this.today);
    this.#cut();
    while (this.#dice.happens(0.07)) this.#act();
  }

  /** Whether anybody is off for non-payment. */
  get isAnyCut(): boolean {
    return this.#connections.some(({ offs }) =>
      offs.some(({ reason, until }) => reason === "nonpayment" && until === null)
    );
  }

  #run(): void {
    const due = this.#connections.filter((one) =>
      one.activatedOn <= this.today && one.nextBill <= this.today
    );
    for (const connection of due) {
      const planner = new BillPlanner(this.#tenant, { asOf: dateOf(this.today), at: AT }, this.#priced());
      const unpaid = this.#bills.filter((bill) =>
        bill.connection === connection.row.id && !bill.isLateFee &&
        this.#money.owed(bill) > (this.#disputes.openOf(bill.id)?.amount ?? 0n)
      );
      const plan = planner.plan(connection.row, connection.facts(this.#bills, unpaid.length));
      const nextId = () => this.#nextId();
      for (const bill of connection.write(plan, this.today, nextId)) {
        this.#bills.push(bill);
        this.#money.issue(bill);
        this.#late.note(bill);
      }
    }
    for (const connection of this.#connections) {
      const { row, billedThrough } = connection;
      if (row.next_plan_on === null || dayOf(row.next_plan_on) > this.today) continue;
      if ((billedThrough ?? -1) < dayOf(row.next_plan_on)) continue;
      connection.settlePlan();
    }
  }

  #nextId(): string {
    return `B${String(++this.#billCount).padStart(5, "0")}`;
  }

  /** A fee is a bill of its own of today, with its own VAT. */
  #chargeLate(late: LifeBill, amount: bigint): LifeBill {
    const { today } = this;
    const tax = taxLines(taxTermsOn(this.#tenant, dateOf(today)), [centavos(amount)]);
    const vat = tax.vatCentavos;
    const days = { from: today, until: today + 1 };
    const bill: LifeBill = {
      id: this.#nextId(),
      connection: late.connection,
      issuedOn: today,
      dueOn: today + this.settings.termsDays,
      ...days,
      total: tax.totalCentavos,
      vat,
      isLateFee: true,
      lines: [{ connection: late.connection, ...days, amount, vat, isFee: true }],
      isAgain: false,
      isVoid: false,
      voidedOn: null,
    };
    this.#bills.push(bill);
    this.#money.issue(bill);
    this.#say(`late_fee ${amount} for ${late.id}`);
    return bill;
  }

  #giveMemo(bill: LifeBill, amount: bigint): void {
    const id = `back-${this.#money.events.length}`;
    const source = { id, amount, receivedOn: this.today, corrects: bill.id, target: bill.id };
    this.#money.receive("memo", source);
    this.#say(`fee_memo ${amount} of ${bill.id}`);
  }

  #cut(): void {
    for (const connection of this.#connections) {
      const counted = pastGraceCentavos(this.#openBills(connection), dateOf(this.today));
      if (counted >= MIN_BALANCE) connection.suspend("nonpayment", this.today);
    }
  }

  #restore(): void {
    for (const connection of this.#connections) {
      const bills = this.#openBills(connection);
      const isBack = isRestored({
        bills,
        minBalanceCentavos: centavos(MIN_BALANCE),
        today: dateOf(this.today),
      });
      if (!isBack) continue;
      connection.noteFee(this.settings.reconnectionFee, this.today);
      connection.resume("nonpayment", this.today);
    }
  }

  /** What of the service of a connection is owed: fees cut nobody (rule R21). */
  #openBills({ row }: PureConnection): OpenBill[] {
    const own = this.#bills.filter((bill) => bill.connection === row.id && this.#money.owed(bill) > 0n);
    return own.map((bill) => {
      const { balance, disputed } = this.#money.ownDebt(bill, this.#disputes.openOf(bill.id)?.amount ?? 0n);
      const grace = { dueOn: dateOf(bill.dueOn), graceDays: this.#disputes.graceOf(bill) };
      return { balanceCentavos: balance, disputedCentavos: disputed, ...grace };
    });
  }

  #act(): void {
    const dice = this.#dice.next();
    const open = this.#bills.filter((bill) => this.#money.owed(bill) > 0n);
    const connection = this.#dice.of(
      this.#connections.filter(({ activatedOn }) => activatedOn <= this.today),
    );
    if (connection === undefined) return;
    if (dice < 0.36) this.#receive("pay", open);
    else if (dice < 0.43) this.#dispute(open);
    else if (dice < 0.5) this.#decide();
    else if (dice < 0.55) this.#receive("memo", open);
    else if (dice < 0.6) this.#reverse();
    else if (dice < 0.63) this.#refund();
    else if (dice < 0.71) this.#void();
    else if (dice < 0.82) this.#suspend(connection);
    else if (dice < 0.88) this.#changePlan(connection);
    else if (dice < 0.94) this.#agreeOwn(connection);
    else this.#setPrice();
    this.#restore();
  }

  #receive(kind: "pay" | "memo", open: readonly LifeBill[]): void {
    const dice = this.#dice;
    const owed = open.reduce((sum, bill) => sum + this.#money.owed(bill), 0n);
    let amount = dice.of([owed, owed, owed / 2n, BigInt(dice.whole(1, 400_000)), owed + 1n])!;
    const isOfAny = kind === "memo" && dice.happens(0.3);
    const target = dice.happens(kind === "memo" ? 0.7 : 0.3)
      ? dice.of(isOfAny ? this.#bills.filter(({ isVoid }) => !isVoid) : open)
      : undefined;
    const corrects = kind === "memo" && target !== undefined && dice.happens(0.6) ? target.id : null;
    // No bill is given more back than it asked for.
    if (kind === "memo" && target !== undefined) {
      const left = target.total - this.#money.givenBack(target.id);
      amount = amount < left ? amount : left;
    }
    if (amount <= 0n) return;
    const receivedOn = this.today - (kind === "pay" && dice.happens(0.25) ? dice.whole(1, 30) : 0);
    const id = `${kind}-${this.#money.events.length}`;
    this.#money.receive(kind, { id, amount, receivedOn, corrects, target: target?.id ?? null });
    this.#say(`${corrects === null ? kind : "correct"} ${amount} of ${dateOf(receivedOn)}`);
    if (receivedOn < this.today || corrects !== null) this.#late.settle(this.today);
  }

  #reverse(): void {
    const id = this.#dice.of(this.#money.events.flatMap((event) => event.do === "pay" ? [event.id] : []));
    if (id === undefined || !this.#money.reverse(id)) return;
    this.#late.settle(this.today);
    this.#say(`reverse ${id}`);
  }

  #refund(): void {
    const amount = BigInt(this.#dice.whole(1, 100_000));
    if (this.#money.refund(amount)) this.#say(`refund ${amount}`);
  }

  #void(): void {
    const bill = this.#dice.of(this.#bills.filter(({ isVoid }) => !isVoid).slice(-8));
    // What a memo gave back of it stays, wherever it went.
    if (bill === undefined || this.#money.givenBack(bill.id) > 0n) return;
    this.#takeBack(bill);
    this.#late.endOfVoid(bill);
    this.#late.settle(this.today);
  }

  #takeBack(bill: LifeBill): void {
    this.#money.void(bill);
    Object.assign(bill, { isVoid: true, voidedOn: this.today });
    this.#connections.find(({ row }) => row.id === bill.connection)?.free(bill.id, this.today);
    this.#say(`void ${bill.id}`);
  }

  #suspend(connection: PureConnection): void {
    const reason = this.#dice.of(["vacation", "admin", "abuse"] as const)!;
    const stands = (off: Off) => off.reason === reason && off.until === null;
    if (connection.offs.some(stands)) connection.resume(reason, this.today);
    else connection.suspend(reason, this.today);
    this.#say(`${reason} of ${connection.row.id}`);
  }

  #changePlan(connection: PureConnection): void {
    const { row, billedThrough } = connection;
    const plan = this.#dice.of(PLANS)!;
    if (plan === row.plan_id) return;
    const pending = row.next_plan_on === null ? null : dayOf(row.next_plan_on);
    if (pending !== null && (pending <= this.today || (billedThrough ?? -1) > pending)) return;
    const boundary = dayOf(nextBoundaryAfter(dateOf(this.today), this.settings.anchorDay));
    const from = Math.max(boundary, billedThrough ?? boundary);
    if (pending !== null) connection.given.pop();
    connection.given.push({ plan, agreedOn: this.today, from });
    Object.assign(row, { next_plan_on: dateOf(from).toString(), next_plan_id: plan });
    this.#say(`plan ${plan} for ${row.id} from ${dateOf(from)}`);
  }

  #agreeOwn(connection: PureConnection): void {
    const { row, billedThrough } = connection;
    const first = Math.max(this.today, billedThrough ?? this.today);
    const boundary = dayOf(
      nextBoundaryAfter(dateOf(Math.max(this.today, first - 1)), this.settings.anchorDay),
    );
    const own = anyOwnPrice(this.#dice, { today: this.today, first, boundary, plan: row.plan_id });
    connection.agree(own);
    this.#say(`own ${own.kind} ${own.amount} ${own.basisPoints} of ${row.id} from ${dateOf(own.from)}`);
  }

  #dispute(open: readonly LifeBill[]): void {
    const bill = this.#dice.of(open);
    if (bill === undefined || this.#disputes.openOf(bill.id) !== undefined) return;
    const amount = this.#dice.happens(0.5) ? bill.total : BigInt(this.#dice.whole(1, Number(bill.total)));
    this.#money.mark();
    const openedAt = this.#money.events.length;
    const dispute = {
      bill: bill.id,
      amount,
      openedOn: this.today,
      openedAt,
      decidedOn: null,
      wasPaid: false,
    };
    this.#disputes.open(dispute, openedAt);
    this.#say(`dispute ${amount} of ${bill.id}`);
  }

  #decide(): void {
    const live = this.#bills.filter((bill) => !bill.isVoid && this.#disputes.openOf(bill.id) !== undefined);
    const bill = this.#dice.of(live);
    if (bill === undefined) return;
    const back = this.#disputes.amountUpheld(bill, this.#money.events);
    const isUpheld = this.#dice.happens(0.4) && back > 0n;
    this.#money.mark();
    this.#disputes.decide(bill, {
      today: this.today,
      isPaid: this.#money.owed(bill) === 0n,
      decidedAt: this.#money.events.length,
      isUpheld,
    });
    this.#say(`decide ${bill.id}: ${isUpheld}`);
    const until = bill.dueOn + this.#disputes.graceOf(bill);
    this.#late.arm(bill, { today: this.today, until, isUpheld });
    if (!isUpheld) return;
    const id = `dispute-${this.#money.events.length}`;
    this.#money.receive("memo", {
      id,
      amount: back,
      receivedOn: this.today,
      corrects: bill.id,
      target: bill.id,
    });
    this.#late.settle(this.today);
  }

  #setPrice(): void {
    const plan = this.#dice.of(PLANS)!;
    const from = this.#dice.happens(0.4) ? this.today + this.#dice.whole(1, 60) : null;
    this.#prices.get(plan)!.push({ on: this.today, from, price: this.#anyPrice() });
    this.#say(`price of ${plan}`);
  }

  #anyPrice(): bigint {
    return BigInt(this.#dice.whole(1, 300_000));
  }

  #priced(): Map<string, PricedPlan> {
    return new Map(PLANS.map((name) => {
      const [first, ...rest] = this.#prices.get(name)!.map(({ on, from, price }) => ({
        agreedOn: on < 0 ? Temporal.PlainDate.from("2000-01-01") : dateOf(on),
        fromOn: from === null ? null : dateOf(from),
        priceCentavos: centavos(price),
      }));
      return [name, { name, prices: [first!, ...rest] }];
    }));
  }

  #say(what: string): void {
    this.done.push(`${dateOf(this.today)} ${what}`);
  }

  /** How often each thing was done, bills and cuts too. */
  counts(): Map<string, number> {
    const counts = countFirstWords(this.done.map((said) => said.slice("2026-01-01 ".length)));
    const stops = this.#connections.flatMap(({ periods }) => periods.filter(({ why }) => why === "stopped"));
    const cuts = this.#connections.flatMap(({ offs }) =>
      offs.filter(({ reason }) => reason === "nonpayment")
    );
    return counts.set("connections", this.#connections.length).set("bills", this.#bills.length)
      .set("stops", stops.length).set("cuts", cuts.length);
  }

  /** Everything that a judge has to know. */
  told(): Life {
    return {
      settings: this.settings,
      today: this.today,
      prices: this.#prices,
      connections: this.#connections.filter(({ activatedOn }) => activatedOn <= this.today)
        .map((connection) => connection.told()),
      bills: this.#bills,
      events: this.#money.events,
      disputes: this.#disputes.all,
      lateFees: { fees: this.#late.all, chargedAt: this.#late.charged.at, chargedOn: this.#late.charged.on },
      minBalance: MIN_BALANCE,
      money: this.#money.told(),
    };
  }
}

function tenantOf(settings: LifeSettings): TenantRow {
  return {
    cycle_anchor: "fixed",
    cycle_day: settings.anchorDay,
    terms_days: settings.termsDays,
    grace_days: settings.graceDays,
    min_notice_days: settings.minNoticeDays,
    lead_days: settings.leadDays,
    first_bill: settings.firstBill,
    merge_stub_lt_days: settings.mergeStubLtDays,
    proration: settings.proration,
    suspended_policy: settings.policy,
    suspended_policy_on: null,
    stop_after_unpaid_bills: settings.stopAfter,
    tax_mode: settings.tax,
    vat_rate_bp: settings.vatRate,
    tax_from_on: null,
    late_fee_kind: "none",
    late_fee_centavos: 0n,
    late_fee_bp: 0,
    late_after_days: 0,
    reconnection_fee_centavos: BigInt(settings.reconnectionFee),
  } as TenantRow;
}
