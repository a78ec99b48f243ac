import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { centavos, formatPeso, subtract, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { reverseForm } from "@/web/route_table/payments.ts";
import { reversePayment } from "@/web/services/payments/reverse_payment.ts";
import { type AllocationRow, listLiveAllocations } from "@/web/store/payments/allocations.ts";
import { findPayment, type PaymentListRow } from "@/web/store/payments/payments.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { ReasonPage } from "@/web/app/ReasonPage.tsx";
import { actorOf, found, readPage, typed } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface ReverseData {
  payment: PaymentListRow;
  shares: AllocationRow[];
  reason: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function ReversePaymentPage({ data, state }) {
  const { payment, shares, reason, problems } = data;
  const { t } = state;
  const { number } = payment;
  const path = `/admin/payments/${payment.id}`;
  const amount = formatPeso(centavos(payment.amount_centavos));
  return (
    <ReasonPage
      heading={t("payments.reverse_heading", { number })}
      back={{ href: path, label: t("payments.one", { number }) }}
      question={t("payments.reverse_question", { number, amount, name: payment.subscriber_name })}
      effect={effectOf(t, payment, shares)}
      verb={t("payments.reverse_verb", { amount })}
      action={`${path}/reverse`}
      csrfToken={state.csrfToken}
      reason={reason}
      reasonHint={t("payments.reverse_hint")}
      problems={problems}
    >
      {t("payments.reverse_note")}
    </ReasonPage>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "payment:reverse",
    params: idParams,
    summary: "What reversing will do",
  },
  POST: {
    audience: "staff",
    permission: "payment:reverse",
    params: idParams,
    input: reverseForm,
    audit: "payment.reversed",
    summary: "Reverse a payment",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const data = await readPage(ctx.state, (trx) => load(trx, id));
    ctx.state.title = ctx.state.t("payments.reverse_title", { number: data.payment.number });
    if (data.payment.status === "reversed") return ctx.redirect(`/admin/payments/${id}`, 303);
    return page<ReverseData>({ ...data, reason: "", problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const data = await readPage(ctx.state, (trx) => load(trx, id));
    ctx.state.title = ctx.state.t("payments.reverse_title", { number: data.payment.number });
    const refuse = (problems: Record<string, string>) =>
      page<ReverseData>({ ...data, reason: typed(ctx.state, "reason"), problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const { reason } = readInput(ctx.state, reverseForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await reversePayment(ctx.state.services, tenantId, actorOf(ctx.state), {
      paymentId: id,
      reason,
    });
    if (!result.ok) return refuse({ "": refusalText(ctx.state, result) });
    return ctx.redirect(`/admin/payments/${id}?done=reversed`, 303);
  },
});

async function load(trx: TenantTransaction, id: string) {
  const payment = found(await findPayment(trx, id));
  return { payment, shares: await listLiveAllocations(trx, { paymentId: id }) };
}

function effectOf(t: Translate, payment: PaymentListRow, shares: readonly AllocationRow[]): string {
  const applied = centavos(payment.applied_centavos);
  const credit = subtract(centavos(payment.amount_centavos), applied);
  const parts = [];
  if (applied > ZERO) {
    const bills = [...new Set(shares.map((share) => share.bill_number))];
    const named = bills.length <= 3 ? bills.join(", ") : t("payments.bills", { n: bills.length });
    parts.push(t("payments.reverse_owed", { amount: formatPeso(applied), bills: named }));
  }
  if (credit > ZERO) parts.push(t("payments.reverse_credit", { amount: formatPeso(credit) }));
  return t("payments.reverse_effect", { name: payment.subscriber_name, parts: parts.join(" ") });
}
