import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { type Centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import type {
  MailBill,
  MailFacts,
  OtherBills,
  PaidBill,
  PrepaidLine,
  RestoredLine,
  Told,
} from "@/web/domain/mail/content.ts";
import { leftInAll } from "@/web/domain/mail/left_in_all.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { othersWords } from "@/web/messages/others_words.ts";

/** A line of a mail; where there are several bills each one has its address. */
export interface MailFact {
  label: string;
  value: string;
  link?: { label: string; href: string };
}

/** What a mail shows besides the company's own words: no edited text can leave it out. */
export interface MailSheet {
  /** What matters most, large. */
  head: { label: string; value: string };
  facts: readonly MailFact[];
  /** Sentences that hold for this mail only. */
  notes: readonly string[];
  button: { label: string; href: string } | null;
  /** Ways to pay are of use. */
  asksForMoney: boolean;
}

/** The facts of a mail in words. */
export function mailSheet(facts: MailFacts, t: Translate): MailSheet {
  const sheet = sheetOf(facts.told, t);
  return { ...sheet, notes: [...sheet.notes, ...statementNotes(facts, t)] };
}

/** The statement is of the day of the bill: where something has changed since, it says another sum than the mail. */
function statementNotes({ statement, told }: MailFacts, t: Translate): string[] {
  if (statement === null) return [];
  const notes = [t("mailing.statement_attached")];
  if (told.occasion !== "bill_issued") return notes;
  const left = leftInAll(told);
  const day = formatDate(statement.on, t.locale);
  if (left === (statement.owedCentavos > ZERO ? statement.owedCentavos : ZERO)) return notes;
  return [
    ...notes,
    left > ZERO
      ? t("mailing.statement_changed", { day, left: formatPeso(left) })
      : t("mailing.statement_paid", { day }),
  ];
}

function sheetOf(told: Told, t: Translate): MailSheet {
  switch (told.occasion) {
    case "bill_issued":
      return withOthers(billSheet(told.bill, t), told.bill.leftCentavos, told.others, t);
    case "reminder":
      return withOthers(reminderSheet(told, t), told.leftCentavos, told.others, t);
    case "payment_received":
      return paymentSheet(told, t);
    case "cut_notice":
      return noticeSheet(told, t);
    case "cut":
      return cutSheet(told, t);
    case "restored":
      return {
        head: { label: t("mailing.connection"), value: told.plan },
        facts: [],
        notes: [restoredNote(told, t)],
        button: null,
        asksForMoney: false,
      };
    case "hold_granted":
      return holdSheet(told, t);
    case "credit_given":
      return creditSheet(told, t);
  }
}

type Of<O extends Told["occasion"]> = Extract<Told, { occasion: O }>;

function billSheet(bill: MailBill, t: Translate): MailSheet {
  const isOpen = bill.leftCentavos > ZERO;
  const day = formatDate(bill.dueOn, t.locale);
  return {
    head: isOpen
      ? {
        label: t(isPastDue(bill) ? "mailing.was_due" : "mailing.due_by", { day }),
        value: formatPeso(bill.leftCentavos),
      }
      : { label: t("mailing.for_bill", { number: bill.number }), value: t("mailing.nothing_to_pay") },
    facts: billFacts(bill, t),
    notes: creditNotes(bill, t),
    button: buttonTo(bill.link, t),
    asksForMoney: isOpen,
  };
}

function withOthers(sheet: MailSheet, left: Centavos, others: OtherBills | null, t: Translate): MailSheet {
  if (others === null) return sheet;
  const { label, amount, note } = othersWords({ left, others }, t);
  return {
    ...sheet,
    facts: [...sheet.facts, { label, value: amount }],
    notes: [note, ...sheet.notes],
    asksForMoney: true,
  };
}

function isPastDue({ status }: MailBill): boolean {
  return status === "grace" || status === "overdue";
}

/** Several bills stand with what is left of each, and the sum of it. */
function reminderSheet({ bills, leftCentavos }: Of<"reminder">, t: Translate): MailSheet {
  const [first] = bills;
  if (first === undefined) throw new Error("Cannot write a reminder: it is about no bill");
  const one = billSheet(first, t);
  if (bills.length === 1) return one;
  const isOpen = leftCentavos > ZERO;
  return {
    head: isOpen ? { ...one.head, value: formatPeso(leftCentavos) } : one.head,
    facts: [
      ...bills.map((bill) => ({
        label: t("mailing.for_bill", { number: bill.number }),
        value: t("mailing.bill_to_pay", {
          amount: formatPeso(bill.leftCentavos),
          period: formatPeriod(bill.period.start, bill.period.end, t.locale),
          day: formatDate(bill.dueOn, t.locale),
        }),
        link: { label: t("mailing.see_bill"), href: bill.link },
      })),
      { label: t("mailing.left_to_pay"), value: formatPeso(leftCentavos) },
    ],
    notes: [],
    button: null,
    asksForMoney: isOpen,
  };
}

/** Period, due date, amount and number: what every mail about a bill says. */
function billFacts(bill: MailBill, t: Translate): MailSheet["facts"] {
  const isPartly = bill.leftCentavos > ZERO && bill.leftCentavos < bill.totalCentavos;
  return [
    { label: t("mailing.bill_number"), value: bill.number },
    { label: t("mailing.period"), value: formatPeriod(bill.period.start, bill.period.end, t.locale) },
    { label: t("mailing.amount"), value: formatPeso(bill.totalCentavos) },
    ...(isPartly ? [{ label: t("mailing.left_to_pay"), value: formatPeso(bill.leftCentavos) }] : []),
    { label: t("mailing.due_date"), value: formatDate(bill.dueOn, t.locale) },
    { label: t("mailing.state"), value: t(`public_bill.state_${bill.status}`) },
  ];
}

function creditNotes(bill: MailBill, t: Translate): string[] {
  const amount = formatPeso(bill.byCreditCentavos);
  const paidUntil = formatDate(bill.period.end.subtract({ days: 1 }), t.locale);
  const isPaid = bill.leftCentavos <= ZERO;
  return [
    ...(bill.byCreditCentavos > ZERO ? [t("mailing.paid_by_credit", { amount })] : []),
    ...(bill.isPrepaid && isPaid && bill.status === "paid"
      ? [t("mailing.paid_until", { day: paidUntil })]
      : []),
  ];
}

function paymentSheet(told: Of<"payment_received">, t: Translate): MailSheet {
  const left = told.leftCentavos > ZERO ? formatPeso(told.leftCentavos) : t("mailing.nothing_left");
  return {
    head: { label: t("mailing.received"), value: formatPeso(told.amountCentavos) },
    facts: [
      { label: t("mailing.receipt"), value: told.number },
      { label: t("mailing.received_on"), value: formatDate(told.receivedOn, t.locale) },
      ...told.bills.flatMap((bill) => paidBillFacts(bill, t)),
      { label: t("mailing.left_to_pay"), value: left },
      ...(told.creditCentavos > ZERO
        ? [{ label: t("mailing.credit"), value: formatPeso(told.creditCentavos) }]
        : []),
    ],
    notes: told.isReversed
      ? [t("mailing.payment_reversed")]
      : told.restored.map((line) => restoredNote(line, t)),
    button: buttonTo(told.link, t),
    asksForMoney: false,
  };
}

function paidBillFacts(bill: PaidBill, t: Translate): MailSheet["facts"] {
  const values = {
    paid: formatPeso(bill.paidCentavos),
    period: formatPeriod(bill.period.start, bill.period.end, t.locale),
    day: formatDate(bill.dueOn, t.locale),
    left: formatPeso(bill.leftCentavos),
  };
  return [{
    label: t("mailing.for_bill", { number: bill.number }),
    value: t(bill.leftCentavos > ZERO ? "mailing.bill_partly_paid" : "mailing.bill_paid", values),
  }];
}

/** Nothing is said to be on before its router was read so. */
const RESTORED_NOTES = {
  done: "mailing.enabled_on_router",
  under_way: "mailing.being_enabled",
  unmanaged: "mailing.may_be_used",
} as const;

function restoredNote({ plan, onRouter }: RestoredLine, t: Translate): string {
  return t(RESTORED_NOTES[onRouter], { plan });
}

function noticeSheet(told: Of<"cut_notice">, t: Translate): MailSheet {
  const { keepsOnCentavos: amount, prepaid, bill } = told;
  const when = momentWords(told, t);
  const isOwed = amount !== null && amount > ZERO;
  return {
    head: isOwed
      ? { label: t("mailing.keeps_on"), value: formatPeso(amount) }
      : { label: t("mailing.off_on"), value: when },
    facts: [
      { label: t("mailing.connection"), value: told.plan },
      { label: t("mailing.off_on"), value: when },
      ...(prepaid === null ? [] : prepaidFacts(prepaid, t)),
      ...(bill === null ? [] : billFacts(bill, t)),
    ],
    notes: [
      isOwed
        ? t("mailing.pay_to_keep", { amount: formatPeso(amount), when, plan: told.plan })
        : keepNote(told, t),
    ],
    button: buttonTo(bill?.link ?? null, t),
    asksForMoney: amount !== ZERO,
  };
}

/** What keeps a connection on where it is no amount. */
function keepNote({ prepaid, keepsOnCentavos, plan }: Of<"cut_notice">, t: Translate): string {
  if (prepaid !== null) return t("mailing.renew_to_keep");
  return keepsOnCentavos === null ? t("mailing.ask_to_keep") : t("mailing.nothing_to_keep", { plan });
}

function prepaidFacts({ paidUntil, renewal }: PrepaidLine, t: Translate): MailFact[] {
  return [
    ...(paidUntil === null
      ? []
      : [{ label: t("mailing.paid_through"), value: formatDate(paidUntil, t.locale) }]),
    ...(renewal === null ? [] : [{
      label: t("mailing.renewal"),
      value: t("mailing.renewal_price", {
        amount: formatPeso(renewal.priceCentavos),
        days: t(`prepaid.unit_${renewal.unit}`, { n: renewal.count }),
      }),
    }]),
  ];
}

/** `Thu, 14 Jan 2027, 09:00`. */
export function momentWords(
  { cutOn, cutTime }: Pick<Of<"cut_notice">, "cutOn" | "cutTime">,
  t: Translate,
): string {
  return `${formatDate(cutOn, t.locale)}, ${cutTime.toString({ smallestUnit: "minute" })}`;
}

function cutSheet({ plan, onRouter, backCentavos, isPrepaid, bill }: Of<"cut">, t: Translate): MailSheet {
  return {
    head: backCentavos === null
      ? { label: t("mailing.connection"), value: plan }
      : { label: t("mailing.brings_back"), value: formatPeso(backCentavos) },
    facts: [
      { label: t("mailing.connection"), value: plan },
      ...(bill === null ? [] : billFacts(bill, t)),
    ],
    notes: [
      ...(onRouter === "done" ? [t("mailing.off_on_router", { plan })] : []),
      backCentavos === null
        ? t(isPrepaid ? "mailing.renew_to_return" : "mailing.ask_to_return")
        : t("mailing.pay_to_return", { amount: formatPeso(backCentavos) }),
    ],
    button: buttonTo(bill?.link ?? null, t),
    asksForMoney: true,
  };
}

function holdSheet({ plan, untilOn, owedCentavos, bill }: Of<"hold_granted">, t: Translate): MailSheet {
  const isOwed = owedCentavos > ZERO;
  return {
    head: { label: t("mailing.stays_on_until"), value: formatDate(untilOn, t.locale) },
    facts: [
      { label: t("mailing.connection"), value: plan },
      ...(isOwed ? [{ label: t("mailing.left_to_pay"), value: formatPeso(owedCentavos) }] : []),
      ...(bill === null ? [] : billFacts(bill, t)),
    ],
    notes: isOwed
      ? [t("mailing.pay_by_hold", { amount: formatPeso(owedCentavos), day: formatDate(untilOn, t.locale) })]
      : [],
    button: buttonTo(bill?.link ?? null, t),
    asksForMoney: isOwed,
  };
}

function creditSheet(told: Of<"credit_given">, t: Translate): MailSheet {
  const left: Centavos = told.leftCentavos;
  return {
    head: { label: t("mailing.credit_given"), value: formatPeso(told.amountCentavos) },
    facts: [
      { label: t("mailing.memo_number"), value: told.number },
      { label: t("mailing.why"), value: storedText(t, told.why) },
      {
        label: t("mailing.left_to_pay"),
        value: left > ZERO ? formatPeso(left) : t("mailing.nothing_left"),
      },
      ...(told.creditCentavos > ZERO
        ? [{ label: t("mailing.credit"), value: formatPeso(told.creditCentavos) }]
        : []),
    ],
    notes: creditGoes(told, t),
    button: buttonTo(told.link, t),
    asksForMoney: false,
  };
}

/** Where a credit went: it may pay bills, wait for the next one, or both. */
function creditGoes(
  { isVoided, amountCentavos, appliedCentavos, waitingCentavos }: Of<"credit_given">,
  t: Translate,
): string[] {
  if (isVoided) return [t("mailing.credit_voided")];
  if (appliedCentavos === amountCentavos) return [t("mailing.credit_all_off")];
  if (waitingCentavos === amountCentavos) return [t("mailing.credit_all_waits")];
  return [
    ...(appliedCentavos > ZERO
      ? [t("mailing.credit_part_off", { amount: formatPeso(appliedCentavos) })]
      : []),
    ...(waitingCentavos > ZERO
      ? [t("mailing.credit_part_waits", { amount: formatPeso(waitingCentavos) })]
      : []),
  ];
}

function buttonTo(link: string | null, t: Translate): MailSheet["button"] {
  return link === null ? null : { label: t("mailing.see_bill"), href: link };
}
