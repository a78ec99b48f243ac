import { centavos } from "@/shared/money/mod.ts";
import { countFirstWords } from "@/tests/support/soak.ts";
import { nextBoundaryAfter } from "@/shared/calendar/mod.ts";
import type { PricedPlan } from "@/web/domain/billing/mod.ts";
import { isRestored, type OpenBill, pastGraceCentavos } from "@/web/domain/cuts/mod.ts";
import { type BookEvent, SubscriberBook } from "@/web/domain/payments/mod.ts";
import { BillPlanner } from "@/web/services/billing/bill_planner.ts";
import type { TenantRow } from "@/web/store/settings/tenants.ts";
import { Dice } from "./dice.ts";
import type { Agreed, Day, Life, LifeBill, LifeSettings, MoneyEvent, Off } from "./life_types.ts";
import { PureDisputes } from "./pure_disputes.ts";
import { anyOwnPrice } from "./own_choice.ts";
import { dateOf, dayOf, PureConnection } from "./pure_connection.ts";

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
  #book = new SubscriberBook();
  #bills: LifeBill[] = [];
  #billCount = 0;
  #events: MoneyEvent[] = [];
  #balances = new Map<string, bigint>();
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
    };
    this.#tenant = tenantOf(this.settings);
    this.#disputes = new PureDisputes(this.settings);
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
        bill.connection === connection.row.id && this.#owed(bill) > 0n
      );
      const plan = planner.plan(connection.row, connection.facts(this.#bills, unpaid.length));
      const nextId = () => `B${String(++this.#billCount).padStart(5, "0")}`;
      for (const bill of connection.write(plan, this.today, nextId)) this.#issue(bill);
    }
    for (const connection of this.#connections) {
      const { row, billedThrough } = connection;
      if (row.next_plan_on === null || dayOf(row.next_plan_on) > this.today) continue;
      if ((billedThrough ?? -1) < dayOf(row.next_plan_on)) continue;
      connection.settlePlan();
    }
  }

  #issue(bill: LifeBill): void {
    this.#bills.push(bill);
    this.#money({ do: "bill", id: bill.id }, {
      kind: "issue",
      billId: bill.id,
      amountCentavos: centavos(bill.total),
      dueOn: dateOf(bill.dueOn),
      periodStart: dateOf(bill.from),
    });
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

  #openBills({ row }: PureConnection): OpenBill[] {
    return this.#bills.filter((bill) => bill.connection === row.id).map((bill) => ({
      balanceCentavos: centavos(this.#owed(bill)),
      disputedCentavos: centavos(this.#disputes.openOf(bill.id)?.amount ?? 0n),
      dueOn: dateOf(bill.dueOn),
      graceDays: this.#disputes.graceOf(bill),
    }));
  }

  #owed(bill: LifeBill): bigint {
    return bill.isVoid ? 0n : this.#balances.get(bill.id) ?? 0n;
  }

  #money(told: MoneyEvent, event: BookEvent): boolean {
    if (!this.#book.apply(event)) return false;
    this.#events.push(told);
    for (const { billId, balanceCentavos } of this.#book.state().bills) {
      this.#balances.set(billId, balanceCentavos);
    }
    return true;
  }

  #act(): void {
    const dice = this.#dice.next();
    const open = this.#bills.filter((bill) => this.#owed(bill) > 0n);
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
    const owed = open.reduce((sum, bill) => sum + this.#owed(bill), 0n);
    const amount = this.#dice.of([owed, owed, owed / 2n, BigInt(this.#dice.whole(1, 400_000)), owed + 1n])!;
    if (amount <= 0n) return;
    const target = this.#dice.happens(0.3) ? this.#dice.of(open)?.id ?? null : null;
    const id = `${kind}-${this.#events.length}`;
    const aimed = { amountCentavos: centavos(amount), ...(target !== null && { targetBillId: target }) };
    const event: BookEvent = kind === "pay"
      ? { kind, paymentId: id, ...aimed }
      : { kind, memoId: id, ...aimed };
    if (this.#money({ do: kind, id, amount, target }, event)) this.#say(`${kind} ${amount}`);
  }

  #reverse(): void {
    const id = this.#dice.of(this.#events.flatMap((event) => event.do === "pay" ? [event.id] : []));
    if (id !== undefined && this.#money({ do: "reverse", id }, { kind: "reverse", paymentId: id })) {
      this.#say(`reverse ${id}`);
    }
  }

  #refund(): void {
    const amount = BigInt(this.#dice.whole(1, 100_000));
    const event = {
      kind: "refund" as const,
      refundId: `r${this.#events.length}`,
      amountCentavos: centavos(amount),
    };
    if (this.#money({ do: "refund", amount }, event)) this.#say(`refund ${amount}`);
  }

  #void(): void {
    const bill = this.#dice.of(this.#bills.filter(({ isVoid }) => !isVoid).slice(-8));
    if (bill === undefined || !this.#money({ do: "void", id: bill.id }, { kind: "void", billId: bill.id })) {
      return;
    }
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
    const dispute = { bill: bill.id, amount, openedOn: this.today, decidedOn: null, wasPaid: false };
    this.#disputes.open(dispute, this.#events.length);
    this.#say(`dispute ${amount} of ${bill.id}`);
  }

  #decide(): void {
    const live = this.#bills.filter((bill) => !bill.isVoid && this.#disputes.openOf(bill.id) !== undefined);
    const bill = this.#dice.of(live);
    if (bill === undefined) return;
    const back = this.#disputes.amountUpheld(bill, this.#events);
    this.#disputes.decide(bill, { today: this.today, isPaid: this.#owed(bill) === 0n });
    const isUpheld = this.#dice.happens(0.4) && back > 0n;
    this.#say(`decide ${bill.id}: ${isUpheld}`);
    if (!isUpheld) return;
    const id = `dispute-${this.#events.length}`;
    const event: BookEvent = {
      kind: "memo",
      memoId: id,
      amountCentavos: centavos(back),
      targetBillId: bill.id,
    };
    this.#money({ do: "memo", id, amount: back, target: bill.id }, event);
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
    const { legs, creditCentavos, allocations } = this.#book.state();
    const sumOf = (account: string) =>
      legs.filter((leg) => leg.account === account).reduce((sum, leg) => sum + leg.amountCentavos, 0n);
    return {
      settings: this.settings,
      today: this.today,
      prices: this.#prices,
      connections: this.#connections.filter(({ activatedOn }) => activatedOn <= this.today)
        .map((connection) => connection.told()),
      bills: this.#bills,
      events: this.#events,
      disputes: this.#disputes.all,
      minBalance: MIN_BALANCE,
      money: {
        balances: this.#balances,
        credit: creditCentavos,
        shares: allocations.map((share) => ({
          source: share.sourceId,
          bill: share.billId,
          amount: share.amountCentavos,
        })),
        receivable: sumOf("receivable"),
        subscriberCredit: sumOf("subscriber_credit"),
        allLegs: legs.reduce((sum, leg) => sum + leg.amountCentavos, 0n),
      },
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
