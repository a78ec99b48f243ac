import assert from "node:assert/strict";
import { centavos } from "@/shared/money/mod.ts";
import { createIsp, type Isp, liveUntil, offNow, todayOf } from "@/tests/billing/isp.ts";
import { KeptStatements } from "@/tests/billing/kept_statements.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { decideDispute, disputeBill, type DisputeDecision } from "@/web/services/billing/dispute_bill.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import type { MemoInput } from "@/web/services/payments/give_memo.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { takeBackOpeningCredit, takeOverBalance } from "@/web/services/payments/opening_balance.ts";
import { recordPayment } from "@/web/services/payments/record_payment.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { reverseRefund } from "@/web/services/payments/reverse_refund.ts";
import { voidMemo } from "@/web/services/payments/void_memo.ts";
import { findSubscriberBalance } from "@/web/store/billing/ledger.ts";

const pesos = (amount: number) => centavos(Math.round(amount * 100));
const day = Temporal.PlainDate.from;
const reason = "Corrected";

/** One subscriber of a provider whose fees for paying late are ₱50, and what a cashier does for them. */
class Desk {
  readonly isp: Isp;
  readonly n: number;

  constructor(isp: Isp, n: number) {
    this.isp = isp;
    this.n = n;
  }

  get #call() {
    return [this.isp.context, this.isp.tenantId, this.isp.actor] as const;
  }

  get #subscriberId(): string {
    return this.isp.subscriberIds[this.n]!;
  }

  /** All bills in order of their number. */
  bills() {
    return this.isp.run((trx) =>
      trx.selectFrom("bills").selectAll().where("tenant_id", "=", this.isp.tenantId)
        .where("subscriber_id", "=", this.#subscriberId).orderBy("number").execute()
    );
  }

  /** `kind paid/total` of each live bill, and the credit. */
  async stands(): Promise<string> {
    const bills = (await this.bills()).filter((row) => row.status === "issued")
      .map((row) => `${row.kind} ${Number(row.paid_centavos) / 100}/${Number(row.total_centavos) / 100}`);
    const books = await this.isp.run((trx) => findSubscriberBalance(trx, this.#subscriberId));
    return [...bills, `credit ${Number(books.creditCentavos) / 100}`].join(", ");
  }

  /** The live bill of a kind that was made first. */
  async bill(kind = "recurring"): Promise<string> {
    return (await this.bills()).find((row) => row.status === "issued" && row.kind === kind)!.id;
  }

  async isOff(): Promise<boolean> {
    return (await offNow(this.isp)).includes(this.n);
  }

  pay(amount: number, key: string = crypto.randomUUID(), targetBillId?: string) {
    return recordPayment(...this.#call, {
      subscriberId: this.#subscriberId,
      amountCentavos: pesos(amount),
      method: "cash",
      receivedOn: todayOf(this.isp),
      idempotencyKey: key,
      ...(targetBillId !== undefined && { targetBillId }),
    });
  }

  reverse(paymentId: string) {
    return reversePayment(...this.#call, { paymentId, reason });
  }

  memo(amount: number, billId: string | null, kind: MemoInput["kind"] = "correction") {
    const form = { kind, billId, reason, idempotencyKey: crypto.randomUUID() };
    return issueMemo(...this.#call, {
      subscriberId: this.#subscriberId,
      amountCentavos: pesos(amount),
      ...form,
    });
  }

  voidMemo(memoId: string) {
    return voidMemo(...this.#call, { memoId, reason });
  }

  refund(amount: number) {
    const form = { method: "cash" as const, reference: "", reason, idempotencyKey: crypto.randomUUID() };
    return refundCredit(...this.#call, {
      subscriberId: this.#subscriberId,
      amountCentavos: pesos(amount),
      ...form,
    });
  }

  undoRefund(refundId: string) {
    return reverseRefund(...this.#call, { refundId, reason });
  }

  voidBill(billId: string) {
    return voidBill(...this.#call, { billId, reason });
  }

  dispute(billId: string, amount: number | null) {
    const amountCentavos = amount === null ? null : pesos(amount);
    return disputeBill(...this.#call, { billId, amountCentavos, reason });
  }

  decide(billId: string, decision: DisputeDecision) {
    return decideDispute(...this.#call, { billId, decision, note: reason });
  }

  openWith(amount: number, asOf: string) {
    const credit = { side: "credit" as const, amountCentavos: pesos(amount), asOf: day(asOf) };
    return takeOverBalance(...this.#call, { subscriberId: this.#subscriberId, ...credit });
  }

  takeOpeningBack() {
    return takeBackOpeningCredit(...this.#call, { subscriberId: this.#subscriberId });
  }

  /** The last memo that the engine or a person gave. */
  async lastMemo(): Promise<string> {
    const { id } = await this.isp.run((trx) =>
      trx.selectFrom("credit_memos").select("id").where("tenant_id", "=", this.isp.tenantId)
        .where("subscriber_id", "=", this.#subscriberId).orderBy("number", "desc").executeTakeFirstOrThrow()
    );
    return id;
  }
}

/** What happens to one subscriber by day; month and day of 2026. */
type Sequence = Record<string, (desk: Desk, others: readonly Desk[]) => Promise<void>>;

const kept: Record<string, string> = {};

const SEQUENCES: readonly Sequence[] = [
  {
    // A payment bounces after a part of it was refunded: the refund is taken back first.
    "02-02": async (desk) => {
      kept.refunded = assertOk(await desk.pay(1500)).paymentId;
      kept.refund = assertOk(await desk.refund(500)).refundId;
    },
    "02-03": async (desk) => {
      assertRefused(await desk.reverse(kept.refunded!), "source_refunded");
      assertOk(await desk.undoRefund(kept.refund!));
      assertOk(await desk.reverse(kept.refunded!));
      assert.equal(await desk.stands(), "recurring 0/1000, credit 0");
    },
  },
  {
    // The whole bill is disputed and a memo gives it back meanwhile: upheld, nothing more is given.
    "02-05": async (desk) => {
      assertOk(await desk.dispute(await desk.bill(), null));
    },
    "02-06": async (desk) => {
      kept.whole = assertOk(await desk.memo(1000, await desk.bill())).memoId;
    },
    "02-16": async (desk) => {
      assert.equal(assertOk(await desk.decide(await desk.bill(), "upheld")).memoId, null);
      assert.equal(await desk.stands(), "recurring 1000/1000, credit 0");
    },
    "02-20": async (desk) => {
      assertOk(await desk.voidMemo(kept.whole!));
      assert.equal(
        await desk.stands(),
        "recurring 0/1000, credit 0",
        "owed again, and may be disputed again",
      );
      assertOk(await desk.dispute(await desk.bill(), 1000));
      assertOk(await desk.decide(await desk.bill(), "withdrawn"));
    },
    "03-01": async (desk) => {
      assert.ok(await desk.isOff(), "and counts for a cut after the grace of the decision");
    },
  },
  {
    // A part is disputed, a memo gives more than that back: rejected, the rest counts.
    "02-05": async (desk) => {
      assertOk(await desk.dispute(await desk.bill(), 400));
    },
    "02-06": async (desk) => {
      assertOk(await desk.memo(700, await desk.bill()));
    },
    "02-16": async (desk) => {
      assert.equal(await desk.isOff(), false, "what is left is disputed");
      assert.equal(assertOk(await desk.decide(await desk.bill(), "rejected")).memoId, null);
    },
    "02-28": async (desk) => {
      assert.ok(await desk.isOff());
      assert.equal(await desk.stands(), "recurring 700/1000, late_fee 0/50, credit 0");
    },
  },
  {
    // Written off, then the money comes after all, then the write-off is undone: the money pays the bill.
    "02-14": async (desk) => {
      assert.equal(await desk.isOff(), true);
      kept.off = assertOk(await desk.memo(1000, await desk.bill(), "write_off")).memoId;
      assert.equal(await desk.isOff(), false);
    },
    "02-15": async (desk) => {
      assertOk(await desk.pay(1050));
      assert.equal(await desk.stands(), "recurring 1000/1000, late_fee 50/50, credit 1000");
    },
    "02-16": async (desk) => {
      assertOk(await desk.voidMemo(kept.off!));
      assert.equal(await desk.stands(), "recurring 1000/1000, late_fee 50/50, credit 0");
    },
  },
  {
    // A bill is voided whose late fee was paid: the fee is given back, and that stands.
    "02-14": async (desk) => {
      assertOk(await desk.pay(50, undefined, await desk.bill("late_fee")));
    },
    "02-15": async (desk) => {
      assertOk(await desk.voidBill(await desk.bill()));
      assert.equal(await desk.stands(), "late_fee 50/50, credit 50");
      assertRefused(await desk.voidMemo(await desk.lastMemo()), "memo_of_late_fee");
    },
    "02-16": async (desk) => {
      assert.equal(await desk.stands(), "late_fee 50/50, recurring 50/1000, credit 0", "billed again");
    },
  },
  {
    // A correction takes a paid late fee back; undone, the bill is late again and costs one fee, not two.
    "02-14": async (desk) => {
      assertOk(await desk.pay(50, undefined, await desk.bill("late_fee")));
      kept.corrected = assertOk(await desk.memo(1000, await desk.bill())).memoId;
      assert.equal(await desk.stands(), "recurring 1000/1000, late_fee 50/50, credit 50");
    },
    "02-15": async (desk) => {
      assertRefused(await desk.voidMemo(await desk.lastMemo()), "memo_of_late_fee");
      assertOk(await desk.voidMemo(kept.corrected!));
      assert.equal(await desk.stands(), "recurring 50/1000, late_fee 50/50, credit 0");
    },
    "02-16": async (desk) => {
      assert.equal(await desk.stands(), "recurring 50/1000, late_fee 50/50, late_fee 0/50, credit 0");
    },
  },
  {
    // Credit of a memo was refunded and used: neither goes back before the other came back.
    "01-01": async (desk) => {
      kept.gift = assertOk(await desk.memo(800, null, "goodwill")).memoId;
    },
    "01-02": async (desk) => {
      kept.giftBack = assertOk(await desk.refund(500)).refundId;
    },
    "02-02": async (desk) => {
      assertRefused(await desk.voidMemo(kept.gift!), "source_refunded");
      assertOk(await desk.undoRefund(kept.giftBack!));
      assert.equal(await desk.stands(), "recurring 800/1000, credit 0", "the credit pays at once");
      assertRefused(await desk.undoRefund(kept.giftBack!), "refund_was_reversed");
    },
    "02-03": async (desk) => {
      assertOk(await desk.voidMemo(kept.gift!));
      assert.equal(await desk.stands(), "recurring 0/1000, credit 0");
    },
  },
  {
    // Opening credit that paid bills and was refunded in part is taken back.
    "01-01": async (desk) => {
      assertOk(await desk.openWith(1500, "2025-12-01"));
    },
    "02-02": async (desk) => {
      kept.openingBack = assertOk(await desk.refund(200)).refundId;
      assertRefused(await desk.takeOpeningBack(), "source_refunded");
    },
    "02-03": async (desk) => {
      assertOk(await desk.undoRefund(kept.openingBack!));
      assertOk(await desk.takeOpeningBack());
      assert.equal(await desk.stands(), "recurring 0/1000, credit 0");
    },
  },
  {
    // One form, sent twice at once while its payment is reversed: the money is never there again.
    "02-02": async (desk) => {
      const { paymentId } = assertOk(await desk.pay(50, "sent-twice-at-once"));
      const again = () => desk.pay(50, "sent-twice-at-once");
      const all = await Promise.all([again(), desk.reverse(paymentId), again()]);
      assert.ok(all[1].ok && (await desk.stands()) === "recurring 0/1000, credit 0");
      assertRefused(await again(), "payment_was_reversed");
    },
  },
  {
    // The memo of a paid bill paid the next one; the payment bounces, the memo comes back, and the next one is owed.
    "02-02": async (desk) => {
      kept.bounces = assertOk(await desk.pay(1000)).paymentId;
      kept.spent = assertOk(await desk.memo(1000, await desk.bill())).memoId;
    },
    "03-02": async (desk) => {
      assert.equal(await desk.stands(), "recurring 1000/1000, recurring 1000/1000, credit 0");
      assertOk(await desk.reverse(kept.bounces!));
      assert.equal(await desk.stands(), "recurring 1000/1000, recurring 0/1000, credit 0");
    },
    "03-03": async (desk) => {
      assertOk(await desk.voidMemo(kept.spent!));
      assert.equal(await desk.stands(), "recurring 0/1000, recurring 0/1000, credit 0");
      assertOk(await desk.memo(1000, await desk.bill(), "write_off"));
      assert.equal(await desk.stands(), "recurring 1000/1000, recurring 0/1000, credit 0");
    },
  },
  {
    // A payment of somebody else: after a part of it was refunded it does not move before the refund is undone.
    "02-02": async (desk) => {
      kept.wrong = assertOk(await desk.pay(1200)).paymentId;
      kept.wrongBack = assertOk(await desk.refund(200)).refundId;
      assertRefused(await desk.reverse(kept.wrong), "source_refunded");
    },
    "02-04": async (desk, others) => {
      assertOk(await desk.undoRefund(kept.wrongBack!));
      assertOk(await desk.reverse(kept.wrong!));
      const right = others.at(-1)!;
      assertOk(await right.pay(1200));
      assert.equal(await desk.stands(), "recurring 0/1000, credit 0");
      assert.equal(await right.stands(), "recurring 1000/1000, credit 200");
    },
  },
  {
    // Waits for the money of the one before.
    "02-04": async (desk) => {
      assert.equal(await desk.stands(), "recurring 1000/1000, credit 200");
    },
  },
];

Deno.test("whatever corrections follow on each other: refused or right, the books hold, and no past statement changes", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: SEQUENCES.length });
  await isp.run((trx) =>
    trx.updateTable("tenants").set({
      late_after_days: 3,
      late_fee_kind: "flat",
      late_fee_centavos: 5_000n,
    }).where("id", "=", isp.tenantId).execute()
  );
  const statements = new KeptStatements(isp);
  const desks = SEQUENCES.map((_, n) => new Desk(isp, n));
  for (const on of [...new Set(SEQUENCES.flatMap((one) => Object.keys(one)))].sort()) {
    await liveUntil(isp, `2026-${on}T10:00`);
    await statements.check();
    for (const [n, sequence] of SEQUENCES.entries()) {
      await sequence[on]?.(desks[n]!, desks).catch((cause: unknown) => {
        throw new Error(`sequence ${n} on ${on}`, { cause });
      });
    }
    await statements.check();
  }
  await liveUntil(isp, "2026-03-16T10:00");
  await statements.check();
  await statements.checkPast();
});
