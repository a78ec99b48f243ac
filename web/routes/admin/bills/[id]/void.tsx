import { formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum, ZERO } from "@/shared/money/mod.ts";
import { balanceOf } from "@/web/app/words/due_words.ts";
import { found, may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { correctionOf } from "@/web/domain/payments/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { AFTER_VOID, voidForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { refuseGivenBack, toCorrected } from "@/web/services/billing/void_bill.ts";
import { readVoidCredits } from "@/web/services/billing/void_credits.ts";
import { hasBilledPeriods, hasPeriodsOfEnded } from "@/web/store/billing/charged_periods.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import { findLateFeeOf } from "@/web/store/billing/late_fees.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const question = define.question({
  params: idParams,
  input: voidForm,
  load: async (trx, { params, state, moment }) => {
    const bill = found(await findBill(trx, params.id));
    const hasEnded = await hasPeriodsOfEnded(trx, bill.id);
    return {
      bill,
      /** What must go first. */
      first: await refuseGivenBack(trx, bill),
      /** Goes back with it. */
      lateFee: await findLateFeeOf(trx, bill.id),
      credits: await readVoidCredits(trx, bill),
      gate: await loadGate(trx, { state, moment }, "bill_void", {
        amountCentavos: centavos(bill.total_centavos),
        subscriberId: bill.subscriber_id,
      }),
      number: bill.number ?? "",
      path: `/admin/bills/${bill.id}`,
      correction: correctionOf(toCorrected(bill)),
      /** It charges periods, which can be billed again. */
      hasPeriods: bill.kind !== "prepaid" && !hasEnded && await hasBilledPeriods(trx, bill.id),
      /** It charges periods of a service that has ended: they stay free. */
      hasEnded,
    };
  },
  leave: ({ bill, path }) => bill.status === "issued" ? null : path,
  permission: "bill:void",
  audit: "bill.voided",
  summary: "Void a bill",
  title: ({ t, loaded: { number } }) => t("bills.void_heading", { number }),
  back: ({ t, loaded: { path, number } }) => ({ href: path, label: t("bills.one", { number }) }),
  blocked: ({ t, state, loaded: { bill, correction, first } }) => {
    if (correction.kind === "void") {
      return first === null
        ? null
        : <Banner tone="info" title={t("corrections.not_voided")}>{codedText(t, first)}</Banner>;
    }
    return (
      <Banner
        tone="info"
        title={t("corrections.not_voided")}
        actions={may(state, "memo:post") && (
          <LinkButton kind="primary" href={`/admin/subscribers/${bill.subscriber_id}/memo?bill=${bill.id}`}>
            {t("corrections.give_memo")}
          </LinkButton>
        )}
      >
        {whyNotVoided(t, bill, correction.why)}
      </Banner>
    );
  },
  question: ({ t, loaded: { bill, number } }) =>
    t("bills.void_question", {
      number,
      name: bill.subscriber_name,
      amount: formatPeso(centavos(bill.total_centavos)),
    }),
  tone: "danger",
  effect: ({ t, loaded: { bill } }) => effectOf(t, bill),
  verb: ({ t, loaded: { number, gate } }) => gateVerb(gate, t, t("bills.void_verb", { number })),
  labels: { reason: "tables.reason", periods: "corrections.periods" },
  values: () => ({ periods: "bill_again" }),
  children: ({ t, field, loaded: { bill, lateFee, credits, hasPeriods, hasEnded, gate } }) => {
    const period = formatPeriod(bill.period_start, bill.period_end, t.locale);
    return (
      <>
        <GateNote gate={gate} t={t} />
        <p>{t("corrections.number_stays")}</p>
        {lateFee !== null && (
          <p>
            {t("bills.void_late_fee", {
              number: lateFee.number,
              amount: formatPeso(centavos(lateFee.total_centavos)),
            })}
          </p>
        )}
        {credits.length > 0 && (
          <p>
            {t("bills.void_credits", {
              amount: formatPeso(centavos(-sum(credits.map((line) => line.amountCentavos)))),
            })}
          </p>
        )}
        {hasEnded && <p>{t("corrections.void_ended_note", { period })}</p>}
        {hasPeriods && (
          <RadioCards
            {...field("periods")}
            options={AFTER_VOID.map((value) => ({
              value,
              label: t(`corrections.after_${value}`),
              note: t(`corrections.after_${value}_note`, { period }),
            }))}
          />
        )}
        <TextField {...field("reason")} hint={t("bills.reason_hint")} autofocus />
      </>
    );
  },
  submit: ({ reason, periods }, { call, loaded: { bill, hasEnded } }) =>
    askOrRun(...call, {
      kind: "bill_void",
      input: { billId: bill.id, reason, periods: hasEnded ? "never" : periods },
      reason,
    }),
  at: { days_given_back: "periods", void_service_ended: "periods" },
  done: (done, { state, loaded: { path, hasPeriods }, input: { periods } }) =>
    afterAsking(state, done, {
      done: () => `${path}?done=${!hasPeriods || periods === "never" ? "voided_only" : "voided"}`,
      cannotRead: path,
    }),
});

export default question.page;
export const { handler, route } = question;

function whyNotVoided(t: Translate, bill: BillDetail, why: "paid" | "partly_paid" | "reported"): string {
  return t(`corrections.why_${why}`, {
    number: bill.number ?? "",
    amount: formatPeso(centavos(bill.paid_centavos)),
    invoice: bill.bir_invoice_no ?? "",
  });
}

function effectOf(t: Translate, bill: BillDetail): string {
  const [balance, paid] = [balanceOf(bill), centavos(bill.paid_centavos)];
  const parts = [
    balance > ZERO && t("bills.void_owed", { name: bill.subscriber_name, amount: formatPeso(balance) }),
    paid > ZERO && t("bills.void_released", { amount: formatPeso(paid) }),
    t("bills.void_service"),
    bill.kind === "prepaid" && t("bills.void_renewal"),
  ];
  return parts.filter((part) => part !== false).join(" ");
}
