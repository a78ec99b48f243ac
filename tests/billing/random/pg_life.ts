import { sql } from "kysely";
import { centavos } from "@/shared/money/mod.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { countFirstWords } from "@/tests/support/soak.ts";
import { agreeOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { decideDispute, disputeBill } from "@/web/services/billing/dispute_bill.ts";
import { changePlan } from "@/web/services/billing/change_plan.ts";
import { updatePlan } from "@/web/services/billing/save_plan.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { resumeSubscription, suspendSubscription } from "@/web/services/cuts/suspend_subscription.ts";
import { refreshDesired } from "@/web/services/network/desired_state.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { findPlan } from "@/web/store/billing/plans.ts";
import { createIsp, type Isp, liveUntil, todayOf } from "../isp.ts";
import { Dice } from "./dice.ts";
import { anyOwnPrice } from "./own_choice.ts";
import type { Agreed, Day, Given, LifeSettings, MoneyEvent } from "./life_types.ts";
import { dateOf, dayOf } from "./pure_connection.ts";

const REASONS = ["vacation", "admin", "abuse"] as const;

/** What the database does not tell of a dispute. */
export interface ToldDispute {
  openedAt: number;
  /** Undefined while it is open. */
  decidedAt?: number;
  isUpheld?: boolean;
  /** Nothing was owed on the bill any more. */
  wasPaid: boolean;
}

/** A provider whose subscribers each have a random history, through the real services; some have two connections. */
export class PgLife {
  readonly isp: Isp;
  readonly settings: LifeSettings;
  readonly done: string[] = [];
  readonly prices = new Map<string, Agreed[]>();
  /** By connection. */
  readonly given = new Map<string, Given[]>();
  /** By subscriber. */
  readonly events = new Map<string, MoneyEvent[]>();
  /** Disputes in their order, by the number of the bill. */
  readonly disputes = new Map<string, ToldDispute[]>();
  /** By subscriber: the events that the last run had seen, and its day. */
  readonly charged = new Map<string, { at: number; on: Day }>();
  #dice: Dice;

  private constructor(isp: Isp, dice: Dice, settings: LifeSettings) {
    this.isp = isp;
    this.#dice = dice;
    this.settings = settings;
  }

  static async begin(database: TestDatabase, seed: number, subscribers: number): Promise<PgLife> {
    const dice = new Dice(seed);
    const isp = await createIsp(database, { subscribers, start: "2026-01-01T00:00:00+08:00" });
    const timing = dice.happens(0.5) ? "arrears" as const : "advance" as const;
    const life = new PgLife(isp, dice, {
      timing,
      anchorDay: dice.whole(1, 31),
      leadDays: timing === "advance" ? dice.whole(0, 5) : 0,
      termsDays: dice.whole(1, 10),
      graceDays: dice.whole(0, 5),
      minNoticeDays: 3,
      firstBill: dice.of(["prorate", "full", "free"] as const)!,
      mergeStubLtDays: 0,
      proration: dice.happens(0.7) ? "actual" : "days30",
      policy: dice.happens(0.5) ? "charge" : "skip",
      stopAfter: dice.whole(1, 3),
      tax: dice.of(["non_vat", "vat_inclusive", "vat_exclusive"] as const)!,
      vatRate: 1200,
      reconnectionFee: dice.happens(0.5) ? 10_000 : 0,
      lateFee: dice.of([
        null,
        { kind: "flat" as const, centavos: 5_000 },
        { kind: "percent" as const, basisPoints: 333 },
      ])!,
      lateAfterDays: dice.whole(0, 4),
    });
    const { lateFee, lateAfterDays } = life.settings;
    await isp.run((trx) =>
      trx.updateTable("tenants").set({
        late_fee_kind: lateFee?.kind ?? "none",
        late_fee_centavos: lateFee?.kind === "flat" ? BigInt(lateFee.centavos) : 0n,
        late_fee_bp: lateFee?.kind === "percent" ? lateFee.basisPoints : 0,
        late_after_days: lateAfterDays,
        tax_mode: life.settings.tax,
        vat_rate_bp: life.settings.vatRate,
        reconnection_fee_centavos: BigInt(life.settings.reconnectionFee),
      }).where("id", "=", isp.tenantId).execute()
    );
    await life.#prepare();
    return life;
  }

  /** Further plans, the settings, and a second connection for every third subscriber. */
  async #prepare(): Promise<void> {
    const { isp, settings } = this;
    await isp.run(async (trx) => {
      await trx.updateTable("tenants").set({
        bill_timing: settings.timing,
        lead_days: settings.leadDays,
        terms_days: settings.termsDays,
        grace_days: settings.graceDays,
        first_bill: settings.firstBill,
        proration: settings.proration,
        suspended_policy: settings.policy,
        stop_after_unpaid_bills: settings.stopAfter,
      }).where("id", "=", isp.tenantId).execute();
      this.prices.set(isp.planId, [{ on: -1, from: null, price: 100_000n }]);
      for (const price of [49_900n, 149_900n]) {
        const id = crypto.randomUUID();
        const plan = {
          tenant_id: isp.tenantId,
          id,
          name: `Plan ${price}`,
          price_centavos: price,
          ppp_profile: null,
        };
        await trx.insertInto("plans").values(plan).execute();
        this.prices.set(id, [{ on: -1, from: null, price }]);
      }
      await sql`insert into subscriptions (tenant_id, id, subscriber_id, plan_id, router_id, ppp_name, status, anchor_day,
          activated_on, next_bill_on)
        select tenant_id, gen_random_uuid(), subscriber_id, plan_id, router_id, ppp_name || '-b', status, anchor_day,
          activated_on, next_bill_on from subscriptions where tenant_id = ${isp.tenantId}
          and ppp_name ~ '[369]$'`.execute(trx);
      const rows = await trx.updateTable("subscriptions").set({
        bill_timing: settings.timing,
        anchor_day: settings.anchorDay,
        next_bill_on: todayOf(isp),
      }).where("tenant_id", "=", isp.tenantId).returning(["id", "plan_id", "activated_on"]).execute();
      isp.subscriptionIds.splice(0, Infinity, ...rows.map(({ id }) => id));
      await refreshDesired(trx, isp.subscriptionIds, { now: isp.clock.now() });
      for (const { id, plan_id, activated_on } of rows) {
        this.given.set(id, [{ plan: plan_id, agreedOn: -1, from: dayOf(activated_on!) }]);
      }
    });
    for (const id of isp.subscriberIds) this.events.set(id, []);
  }

  /**
   * The runs of some days, then one thing that somebody does. Says what it was.
   *
   * @param other is done in place of it, mostly
   */
  async step(other?: () => Promise<string>): Promise<string> {
    const here = this.isp.clock.now().toZonedDateTimeISO("Asia/Manila");
    const next = here.add({ days: this.#dice.whole(1, 3) }).withPlainTime("10:00").toPlainDateTime();
    await liveUntil(this.isp, next.toString());
    await this.#noteBills();
    for (const [subscriber, { length: at }] of this.events) {
      this.charged.set(subscriber, { at, on: dayOf(todayOf(this.isp)) });
    }
    const did = await (other !== undefined && this.#dice.happens(0.7) ? other() : this.#act());
    await this.#noteBills();
    this.done.push(`${todayOf(this.isp)} ${did}`);
    return did;
  }

  /**
   * Bills are events of money too; those of one run come together. Before them what fees made the books do by themselves:
   * a fee that goes back is void, or is given back by a memo.
   */
  async #noteBills(): Promise<void> {
    await this.#noteGoneFees();
    const rows = await this.isp.run((trx) =>
      trx.selectFrom("bills").select(["subscriber_id", "number", "issued_on"])
        .where("tenant_id", "=", this.isp.tenantId).orderBy("number").execute()
    );
    for (const [subscriber, bills] of Map.groupBy(rows, (row) => row.subscriber_id)) {
      const events = this.events.get(subscriber)!;
      const known = new Set(events.flatMap((event) => event.do === "bill" ? [event.id] : []));
      const fresh = bills.filter(({ number }) => !known.has(number!));
      for (const [i, { number, issued_on }] of fresh.entries()) {
        const isWithNext = String(fresh[i + 1]?.issued_on) === String(issued_on);
        events.push({ do: "bill", id: number!, isWithNext });
      }
    }
  }

  async #noteGoneFees(): Promise<void> {
    const { voids, memos } = await this.isp.run(async (trx) => ({
      voids: await trx.selectFrom("bills").select(["subscriber_id", "number"])
        .where("tenant_id", "=", trx.tenantId).where("kind", "=", "late_fee").where("status", "=", "void")
        .orderBy("number").execute(),
      memos: await trx.selectFrom("credit_memos as m").leftJoin("bills as b", "b.id", "m.bill_id")
        .select(["m.id", "m.subscriber_id", "m.amount_centavos", "m.kind", "m.issued_on", "b.number"])
        .where("m.tenant_id", "=", trx.tenantId).orderBy("m.id").execute(),
    }));
    for (const { subscriber_id: subscriber, number } of voids) {
      const events = this.events.get(subscriber)!;
      if (events.some((event) => event.do === "void" && event.id === number)) continue;
      if (!events.some((event) => event.do === "bill" && event.id === number)) {
        events.push({ do: "bill", id: number!, isWithNext: true });
      }
      events.push({ do: "void", id: number! });
    }
    for (const { id, subscriber_id: subscriber, amount_centavos: amount, number, ...memo } of memos) {
      const events = this.events.get(subscriber)!;
      if (events.some((event) => event.do === "memo" && event.id === id)) continue;
      const isCorrection = memo.kind === "correction" && number !== null;
      events.push({
        do: "memo",
        id,
        amount,
        target: number,
        receivedOn: dayOf(memo.issued_on),
        isCorrection,
      });
    }
  }

  /** How often each thing was done. */
  counts(): Map<string, number> {
    return countFirstWords(this.done.map((said) => said.slice("2026-01-01 ".length)));
  }

  /** Bills so far, of all kinds. */
  async billCount(): Promise<number> {
    const { count } = await this.isp.run((trx) =>
      trx.selectFrom("bills").select((eb) => eb.fn.countAll<string>().as("count"))
        .where("tenant_id", "=", this.isp.tenantId).executeTakeFirstOrThrow()
    );
    return Number(count);
  }

  async #act(): Promise<string> {
    const dice = this.#dice.next();
    if (dice < 0.36) return await this.#pay();
    if (dice < 0.42) return await this.#reverse();
    if (dice < 0.51) return await this.#void();
    if (dice < 0.64) return await this.#suspend();
    if (dice < 0.74) return await this.#changePlan();
    if (dice < 0.82) return await this.#agreeOwn();
    if (dice < 0.88) return await this.#dispute();
    if (dice < 0.93) return await this.#decide();
    return await this.#setPrice();
  }

  get #call() {
    return [this.isp.context, this.isp.tenantId, this.isp.actor] as const;
  }

  async #pay(): Promise<string> {
    const subscriberId = this.#dice.of(this.isp.subscriberIds)!;
    const amount = BigInt(this.#dice.of([100, 49_900, 100_000, 150_000, 400_000])!);
    const earlier = this.#dice.happens(0.25) ? this.#dice.whole(1, 20) : 0;
    const receivedOn = todayOf(this.isp).subtract({ days: earlier });
    const paid = await recordPayment(...this.#call, {
      subscriberId,
      amountCentavos: centavos(amount),
      method: "cash",
      receivedOn,
      idempotencyKey: `life-${crypto.randomUUID()}`,
    });
    if (!paid.ok) return `pay: ${paid.code}`;
    this.events.get(subscriberId)!.push({
      do: "pay",
      id: paid.value.paymentId,
      amount,
      target: null,
      receivedOn: dayOf(receivedOn),
    });
    return `pay ${amount} of ${receivedOn}`;
  }

  async #reverse(): Promise<string> {
    const all = [...this.events].flatMap(([subscriber, events]) =>
      events.flatMap((event) => event.do === "pay" ? [{ subscriber, id: event.id }] : [])
    );
    const one = this.#dice.of(all);
    if (one === undefined) return "nothing";
    const done = await reversePayment(...this.#call, { paymentId: one.id, reason: "Bounced" });
    if (done.ok) this.events.get(one.subscriber)!.push({ do: "reverse", id: one.id });
    return `reverse: ${done.ok}`;
  }

  async #void(): Promise<string> {
    const bill = this.#dice.of(await this.#issued());
    if (bill === undefined) return "nothing";
    const done = await voidBill(...this.#call, { billId: bill.id, reason: "Wrong" });
    if (done.ok) this.events.get(bill.subscriber_id)!.push({ do: "void", id: bill.number! });
    return `void ${bill.number}: ${done.ok ? "ok" : done.code}`;
  }

  async #suspend(): Promise<string> {
    const subscriptionId = this.#dice.of(this.isp.subscriptionIds)!;
    const reason = this.#dice.of(REASONS)!;
    const done = await suspendSubscription(...this.#call, { subscriptionId, reason, note: "Asked" });
    if (done.ok) return `${reason} of ${subscriptionId}`;
    const back = await resumeSubscription(...this.#call, { subscriptionId, reason });
    return `${reason} of ${subscriptionId} ends: ${back.ok}`;
  }

  async #changePlan(): Promise<string> {
    const subscriptionId = this.#dice.of(this.isp.subscriptionIds)!;
    const plan = this.#dice.of([...this.prices.keys()])!;
    const done = await changePlan(...this.#call, { subscriptionId, planId: plan });
    if (!done.ok) return `plan: ${done.code}`;
    const given = this.given.get(subscriptionId)!;
    const from = dayOf(done.value.effectiveOn);
    if (done.value.isImmediate) given.length = 0;
    // One that still waited gives way to it.
    while (given.length > 1 && given.at(-1)!.from > dayOf(todayOf(this.isp))) given.pop();
    given.push({ plan, agreedOn: done.value.isImmediate ? -1 : dayOf(todayOf(this.isp)), from });
    return `plan of ${subscriptionId} from ${done.value.effectiveOn}`;
  }

  async #agreeOwn(): Promise<string> {
    const subscriptionId = this.#dice.of(this.isp.subscriptionIds)!;
    const today = dayOf(todayOf(this.isp));
    const at = { today, first: today, boundary: today, plan: "" };
    const { kind, amount, basisPoints, isByDay, from, last } = anyOwnPrice(this.#dice, at);
    const done = await agreeOwnPrice(...this.#call, {
      subscriptionId,
      kind,
      amountCentavos: centavos(amount),
      basisPoints,
      startOn: isByDay ? dateOf(from) : null,
      lastOn: last === null ? null : dateOf(last + 60),
      periods: null,
      reason: "Asked",
    });
    return `own ${kind} of ${subscriptionId}: ${done.ok ? `from ${done.value.fromOn}` : done.code}`;
  }

  async #dispute(): Promise<string> {
    const bill = this.#dice.of(await this.#issued());
    if (bill === undefined) return "nothing";
    const part = BigInt(this.#dice.whole(1, Math.max(1, Number(bill.total_centavos))));
    const amountCentavos = this.#dice.happens(0.5) ? null : centavos(part);
    const done = await disputeBill(...this.#call, { billId: bill.id, amountCentavos, reason: "Was away" });
    if (done.ok) {
      const told = this.disputes.get(bill.number!) ?? [];
      this.disputes.set(bill.number!, [...told, {
        openedAt: this.#mark(bill.subscriber_id),
        wasPaid: false,
      }]);
    }
    return `dispute ${bill.number}: ${done.ok ? "ok" : done.code}`;
  }

  async #decide(): Promise<string> {
    const bill = this.#dice.of((await this.#issued()).filter(({ disputed_centavos: some }) => some > 0n));
    if (bill === undefined) return "nothing";
    const decision = this.#dice.of(["upheld", "rejected", "withdrawn"] as const)!;
    const wasPaid = bill.paid_centavos >= bill.total_centavos;
    const done = await decideDispute(...this.#call, { billId: bill.id, decision, note: "Looked" });
    if (!done.ok) return `decide ${bill.number}: ${done.code}`;
    const dispute = this.disputes.get(bill.number!)!.at(-1)!;
    const decidedAt = this.#mark(bill.subscriber_id);
    Object.assign(dispute, { decidedAt, wasPaid, isUpheld: decision === "upheld" });
    const { memoId } = done.value;
    if (memoId !== null) {
      const { amount_centavos: amount } = await this.isp.run((trx) =>
        trx.selectFrom("credit_memos").select("amount_centavos").where("tenant_id", "=", this.isp.tenantId)
          .where("id", "=", memoId).executeTakeFirstOrThrow()
      );
      const given = {
        amount,
        target: bill.number!,
        receivedOn: dayOf(todayOf(this.isp)),
        isCorrection: true,
      };
      this.events.get(bill.subscriber_id)!.push({ do: "memo", id: memoId, ...given });
    }
    return `decide ${bill.number}: ${decision}`;
  }

  /** Events before something that is none: it comes after all that were noted, and before the next. */
  #mark(subscriber: string): number {
    return this.events.get(subscriber)!.push({ do: "mark" });
  }

  /** The newest live bills. */
  #issued() {
    return this.isp.run((trx) =>
      trx.selectFrom("bills").select([
        "id",
        "number",
        "subscriber_id",
        "total_centavos",
        "paid_centavos",
        "disputed_centavos",
      ]).where("tenant_id", "=", this.isp.tenantId).where("status", "=", "issued")
        .orderBy("number", "desc").limit(20).execute()
    );
  }

  async #setPrice(): Promise<string> {
    const planId = this.#dice.of([...this.prices.keys()])!;
    const plan = (await this.isp.run((trx) => findPlan(trx, planId)))!;
    const price = BigInt(this.#dice.whole(20_000, 200_000));
    const from = this.#dice.happens(0.4) ? dayOf(todayOf(this.isp)) + this.#dice.whole(1, 40) : null;
    const done = await updatePlan(...this.#call, {
      planId,
      name: plan.name,
      priceCentavos: centavos(price),
      pppProfile: plan.ppp_profile,
      speed: plan.speed,
      priceFromOn: from === null ? null : dateOf(from),
    });
    if (!done.ok) return `price: ${done.code}`;
    this.prices.get(planId)!.push({ on: dayOf(todayOf(this.isp)), from, price });
    return `price ${price} from ${from === null ? "the next period" : dateOf(from)}`;
  }
}
