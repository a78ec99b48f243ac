import { centavos, ZERO } from "@/shared/money/mod.ts";
import type { MailBill, MailFacts, Told } from "@/web/domain/mail/content.ts";
import type { Occasion } from "@/web/domain/mail/types.ts";

/** A made-up mail of an occasion: for a preview while nothing of the kind has happened. */
export function sampleFacts(occasion: Occasion, today: Temporal.PlainDate): MailFacts {
  return {
    name: "Juan Dela Cruz",
    account: "A-00042",
    told: samples(today)[occasion],
    statement: occasion === "bill_issued"
      ? { on: today, owedCentavos: sampleBill(today).leftCentavos }
      : null,
    wishesLink: occasion === "reminder" || occasion === "cut_notice" ? "https://isp.example/m/sample" : null,
  };
}

function samples(today: Temporal.PlainDate): Record<Occasion, Told> {
  const bill = sampleBill(today);
  const plan = "Fiber 50";
  const amountCentavos = centavos(149_900);
  return {
    bill_issued: { occasion: "bill_issued", bill, others: null },
    reminder: {
      occasion: "reminder",
      bills: [bill],
      leftCentavos: bill.leftCentavos,
      daysLeft: 3,
      others: null,
    },
    payment_received: {
      occasion: "payment_received",
      number: "OR-000123",
      amountCentavos,
      receivedOn: today,
      isReversed: false,
      bills: [{ ...bill, paidCentavos: amountCentavos, leftCentavos: ZERO }],
      leftCentavos: ZERO,
      creditCentavos: ZERO,
      restored: [],
      link: bill.link,
    },
    cut_notice: {
      occasion: "cut_notice",
      plan,
      cutOn: today.add({ days: 1 }),
      cutTime: Temporal.PlainTime.from("09:00"),
      keepsOnCentavos: amountCentavos,
      prepaid: null,
      bill: { ...bill, status: "grace", dueOn: today.subtract({ days: 5 }) },
    },
    cut: {
      occasion: "cut",
      plan,
      onRouter: "done",
      backCentavos: amountCentavos,
      isPrepaid: false,
      bill: { ...bill, status: "overdue", dueOn: today.subtract({ days: 6 }) },
    },
    restored: { occasion: "restored", plan, onRouter: "done" },
    hold_granted: {
      occasion: "hold_granted",
      plan,
      untilOn: today.add({ days: 3 }),
      owedCentavos: amountCentavos,
      bill: { ...bill, status: "overdue", dueOn: today.subtract({ days: 6 }) },
    },
    credit_given: {
      occasion: "credit_given",
      number: "CM-000012",
      amountCentavos: centavos(10_000),
      why: "Two days without service",
      isVoided: false,
      appliedCentavos: centavos(10_000),
      waitingCentavos: ZERO,
      leftCentavos: centavos(139_900),
      creditCentavos: ZERO,
      link: bill.link,
    },
  };
}

function sampleBill(today: Temporal.PlainDate): MailBill {
  const start = today.with({ day: 1 });
  return {
    number: "2027-000123",
    period: { start, end: start.add({ months: 1 }) },
    dueOn: today.add({ days: 3 }),
    totalCentavos: centavos(149_900),
    leftCentavos: centavos(149_900),
    status: "due",
    isPrepaid: false,
    byCreditCentavos: ZERO,
    link: "https://isp.example/b/sample",
  };
}
