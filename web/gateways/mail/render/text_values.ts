import { formatDate, formatPeriod } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { MailBill, MailBrand, MailFacts, Told } from "@/web/domain/mail/content.ts";
import type { MailVariable } from "@/web/domain/mail/texts.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { oneLine } from "./clean_text.ts";
import { momentWords } from "./mail_sheet.ts";

type Values = Partial<Record<MailVariable, string>>;

/** What the variables of a text stand for in one mail. */
export function textValues({ name, account, told }: MailFacts, { company }: MailBrand, t: Translate): Values {
  const values: Values = { name, account, company, ...valuesOf(told, t) };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, oneLine(value)]));
}

function valuesOf(told: Told, t: Translate): Values {
  const day = (date: Temporal.PlainDate) => formatDate(date, t.locale);
  switch (told.occasion) {
    case "bill_issued":
      return billValues(told.bill, t);
    case "reminder":
      return { ...reminderValues(told, t), when: dueWords(told.daysLeft, t) };
    case "payment_received":
      return {
        amount: formatPeso(told.amountCentavos),
        date: day(told.receivedOn),
        receipt: told.number,
        left: formatPeso(told.leftCentavos),
      };
    case "cut_notice":
      return { plan: told.plan, when: momentWords(told, t) };
    case "cut":
    case "restored":
      return { plan: told.plan };
    case "hold_granted":
      return { plan: told.plan, until: day(told.untilOn) };
    case "credit_given":
      return {
        amount: formatPeso(told.amountCentavos),
        number: told.number,
        left: formatPeso(told.leftCentavos),
      };
  }
}

function billValues(bill: MailBill, t: Translate): Values {
  return {
    amount: formatPeso(bill.leftCentavos > ZERO ? bill.leftCentavos : ZERO),
    period: formatPeriod(bill.period.start, bill.period.end, t.locale),
    due_date: formatDate(bill.dueOn, t.locale),
    number: bill.number,
    link: bill.link,
  };
}

/** Several bills are told as one: what is left of all, and the period and number of each. */
function reminderValues(
  { bills, leftCentavos }: Extract<Told, { occasion: "reminder" }>,
  t: Translate,
): Values {
  const each = bills.map((bill) => billValues(bill, t));
  const amount = formatPeso(leftCentavos > ZERO ? leftCentavos : ZERO);
  const joined = (name: "period" | "number") => each.map((values) => values[name]).join(", ");
  return {
    ...each[0],
    amount,
    period: joined("period"),
    number: joined("number"),
  };
}

/** `in 3 days`; past the due date `now (2 days late)`. */
function dueWords(days: number, t: Translate): string {
  if (days === 0) return t("words.today");
  if (days === 1) return t("words.tomorrow");
  const time = t("words.days", { n: Math.abs(days) });
  return days > 0 ? t("words.in_time", { time }) : t("mailing.when_late", { time });
}
