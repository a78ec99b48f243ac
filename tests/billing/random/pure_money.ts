import { type Centavos, centavos, sum } from "@/shared/money/mod.ts";
import {
  type BookEvent,
  disputedOfLines,
  type LineShare,
  type OpenLine,
  settledByCreditLines,
  splitOverLines,
  SubscriberBook,
} from "@/web/domain/payments/mod.ts";
import type { Day, LifeBill, LifeMoney, MoneyEvent } from "./life_types.ts";
import { dateOf } from "./pure_connection.ts";

/** What of a source is on a bill, and on which of its lines. */
interface Share {
  source: string;
  bill: string;
  amount: bigint;
  lines: readonly LineShare[];
}

/** Money that came in, or was given. */
export interface PureSource {
  id: string;
  amount: bigint;
  receivedOn: Day;
  /** The bill that it corrects. */
  corrects: string | null;
  /** The bill that it was given for. */
  target: string | null;
}

/** One subscriber's money on the pure engine: the book of bills, and which line every share of a source has reached. */
export class PureMoney {
  readonly events: MoneyEvent[] = [];
  readonly balances = new Map<string, bigint>();
  readonly memos: PureSource[] = [];
  readonly #isOnTop: boolean;
  #book = new SubscriberBook();
  #lines = new Map<string, OpenLine[]>();
  #sources = new Map<string, PureSource>();
  #shares: Share[] = [];

  constructor(isOnTop: boolean) {
    this.#isOnTop = isOnTop;
  }

  owed(bill: LifeBill): bigint {
    return bill.isVoid ? 0n : this.balances.get(bill.id) ?? 0n;
  }

  /** What it is that is asked of it when anything happens between two events. */
  mark(): void {
    this.events.push({ do: "mark" });
  }

  issue(bill: LifeBill): void {
    const lines = bill.lines.map((line, i) => ({
      lineNo: i + 1,
      kind: !line.isFee
        ? "recurring" as const
        : bill.isLateFee
        ? "late_fee" as const
        : "reconnection_fee" as const,
      periodStart: dateOf(line.from),
      amountCentavos: centavos(line.amount + (this.#isOnTop ? line.vat : 0n)),
    }));
    const settled = settledByCreditLines(lines);
    this.#lines.set(
      bill.id,
      lines.flatMap((line, i) =>
        line.amountCentavos <= 0n
          ? []
          : [{ ...line, openCentavos: centavos(line.amountCentavos - settled[i]!) }]
      ),
    );
    this.#apply({ do: "bill", id: bill.id }, {
      kind: "issue",
      billId: bill.id,
      amountCentavos: centavos(bill.total),
      dueOn: dateOf(bill.dueOn),
      periodStart: dateOf(bill.from),
      isFee: bill.isLateFee,
    });
  }

  receive(kind: "pay" | "memo", source: PureSource): boolean {
    this.#sources.set(source.id, source);
    if (kind === "memo") this.memos.push(source);
    const { id, amount, target, receivedOn } = source;
    const aimed = { amountCentavos: centavos(amount), ...(target !== null && { targetBillId: target }) };
    const told = { do: kind, id, amount, target, receivedOn, isCorrection: source.corrects !== null };
    return this.#apply(
      told,
      kind === "pay" ? { kind, paymentId: id, ...aimed } : { kind, memoId: id, ...aimed },
    );
  }

  void(bill: LifeBill): boolean {
    return this.#apply({ do: "void", id: bill.id }, { kind: "void", billId: bill.id });
  }

  reverse(id: string): boolean {
    return this.#apply({ do: "reverse", id }, { kind: "reverse", paymentId: id });
  }

  refund(amount: bigint): boolean {
    const refundId = `r${this.events.length}`;
    return this.#apply({ do: "refund", amount }, {
      kind: "refund",
      refundId,
      amountCentavos: centavos(amount),
    });
  }

  /** Given back of a bill, for whatever reason. */
  givenBack(bill: string): bigint {
    return sum(this.memos.filter(({ target }) => target === bill).map(({ amount }) => centavos(amount)));
  }

  /** What is left to pay of the lines of a bill; of some shares nothing is known. */
  openLines(
    bill: Pick<LifeBill, "id">,
    isKnown: (source: PureSource) => boolean = () => true,
  ): OpenLine[] {
    const parts = this.#shares
      .filter((share) => share.bill === bill.id && isKnown(this.#sources.get(share.source)!))
      .flatMap(({ lines }) => lines);
    return this.#lines.get(bill.id)!.map((line) => {
      const paid = parts.filter(({ lineNo }) => lineNo === line.lineNo)
        .reduce((total, { amountCentavos }) => total + amountCentavos, 0n);
      return { ...line, openCentavos: centavos(line.openCentavos - paid) };
    });
  }

  /** What of the service of a bill is unpaid, and what of that is disputed. */
  ownDebt(bill: LifeBill, disputed: bigint): { balance: Centavos; disputed: Centavos } {
    const lines = this.openLines(bill);
    const own = lines.filter(({ kind }) => kind === "recurring");
    const off = disputedOfLines(lines, centavos(disputed));
    return {
      balance: sum(own.map(({ openCentavos }) => openCentavos)),
      disputed: sum(own.map(({ lineNo }) => off.get(lineNo)!)),
    };
  }

  /** What of a source is on a bill. */
  sharedWith(source: string, bill: string): bigint {
    return this.#shares.filter((share) => share.source === source && share.bill === bill)
      .reduce((total, { amount }) => total + amount, 0n);
  }

  #apply(told: MoneyEvent, event: BookEvent): boolean {
    if (!this.#book.apply(event)) return false;
    this.events.push(told);
    const { bills, allocations } = this.#book.state();
    for (const { billId, balanceCentavos } of bills) this.balances.set(billId, balanceCentavos);
    const known = this.#shares;
    let next = 0;
    this.#shares = [];
    for (const { sourceId: source, billId: id, amountCentavos: amount } of allocations) {
      // Those that are released leave gaps, and new ones come last.
      const at = known.findIndex((one, i) =>
        i >= next && one.source === source && one.bill === id && one.amount === amount
      );
      if (at >= 0) next = at + 1;
      const share = at >= 0 ? known[at]! : { source, bill: id, amount, lines: this.#split(id, amount) };
      this.#shares.push(share);
    }
    return true;
  }

  /** Over what is left of the lines of a bill. */
  #split(bill: string, amountCentavos: Centavos): readonly LineShare[] {
    const [share] = splitOverLines([{ amountCentavos }], this.openLines({ id: bill }));
    return share!.lines;
  }

  told(): LifeMoney {
    const { legs, creditCentavos, allocations } = this.#book.state();
    const sumOf = (account: string) =>
      legs.filter((leg) => leg.account === account).reduce((total, leg) => total + leg.amountCentavos, 0n);
    return {
      balances: this.balances,
      credit: creditCentavos,
      shares: allocations.map((share) => ({
        source: share.sourceId,
        bill: share.billId,
        amount: share.amountCentavos,
      })),
      receivable: sumOf("receivable"),
      subscriberCredit: sumOf("subscriber_credit"),
      allLegs: legs.reduce((total, leg) => total + leg.amountCentavos, 0n),
    };
  }
}
