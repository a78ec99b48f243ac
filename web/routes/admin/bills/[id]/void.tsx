import { page } from "fresh";
import { refusalText } from "@/web/app/refusal_text.ts";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { voidForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import { balanceOf } from "@/web/app/due_words.ts";
import { ReasonPage } from "@/web/app/ReasonPage.tsx";
import { actorOf, found, readPage, typed } from "@/web/app/page_context.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

interface VoidData {
  bill: BillDetail;
  reason: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function VoidBillPage({ data, state }) {
  const { bill, reason, problems } = data;
  const { t } = state;
  const number = bill.number ?? "";
  const path = `/admin/bills/${bill.id}`;
  return (
    <ReasonPage
      heading={t("bills.void_heading", { number })}
      back={{ href: path, label: t("bills.one", { number }) }}
      question={t("bills.void_question", {
        number,
        name: bill.subscriber_name,
        amount: formatPeso(centavos(bill.total_centavos)),
      })}
      effect={effectOf(t, bill)}
      verb={t("bills.void_verb", { number })}
      action={`${path}/void`}
      csrfToken={state.csrfToken}
      reason={reason}
      reasonHint={t("bills.reason_hint")}
      problems={problems}
    >
      {t("bills.void_note", { period: formatPeriod(bill.period_start, bill.period_end, t.locale) })}
    </ReasonPage>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "bill:void",
    params: idParams,
    summary: "What voiding will do",
  },
  POST: {
    audience: "staff",
    permission: "bill:void",
    params: idParams,
    input: voidForm,
    audit: "bill.voided",
    summary: "Void a bill",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const bill = found(await readPage(ctx.state, (trx) => findBill(trx, id)));
    ctx.state.title = ctx.state.t("bills.void_heading", { number: bill.number ?? "" });
    if (bill.status !== "issued") return ctx.redirect(`/admin/bills/${id}`, 303);
    return page<VoidData>({ bill, reason: "", problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const bill = found(await readPage(ctx.state, (trx) => findBill(trx, id)));
    ctx.state.title = ctx.state.t("bills.void_heading", { number: bill.number ?? "" });
    const refuse = (problems: Record<string, string>) =>
      page<VoidData>({ bill, reason: typed(ctx.state, "reason"), problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const { reason } = readInput(ctx.state, voidForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await voidBill(ctx.state.services, tenantId, actorOf(ctx.state), { billId: id, reason });
    if (!result.ok) return refuse({ "": refusalText(ctx.state, result) });
    return ctx.redirect(`/admin/bills/${id}?done=voided`, 303);
  },
});

function effectOf(t: Translate, bill: BillDetail): string {
  const balance = balanceOf(bill);
  const paid = centavos(bill.paid_centavos);
  const owed = balance > ZERO
    ? t("bills.void_owed", { name: bill.subscriber_name, amount: formatPeso(balance) })
    : t("bills.void_nothing");
  const released = paid > ZERO ? ` ${t("bills.void_released", { amount: formatPeso(paid) })}` : "";
  return `${owed}${released} ${t("bills.void_service")}`;
}
