import { page } from "fresh";
import { centavos, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { readInput, readParams, requireSession } from "@/web/app/input.ts";
import { define } from "@/web/app/state.ts";
import { formatPeriod } from "@/shared/calendar/mod.ts";
import { voidForm } from "@/web/route_table/bills.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { voidBill } from "@/web/services/void_bill.ts";
import { type BillDetail, findBill } from "@/web/store/bills.ts";
import { balanceOf } from "../../(_billing)/due_words.ts";
import { ReasonPage } from "../../(_billing)/ReasonPage.tsx";
import { actorOf, found, readPage, typed } from "../../(_billing)/page_context.ts";
import { sentence } from "../../(_billing)/words.ts";

interface VoidData {
  bill: BillDetail;
  reason: string;
  problems: Record<string, string>;
}

export default define.page<typeof handler>(function VoidBillPage({ data, state }) {
  const { bill, reason, problems } = data;
  const path = `/admin/bills/${bill.id}`;
  return (
    <ReasonPage
      heading={`Void bill ${bill.number}`}
      back={{ href: path, label: `Bill ${bill.number}` }}
      question={`Void bill ${bill.number} of ${formatPeso(centavos(bill.total_centavos))}?`}
      effect={effectOf(bill)}
      verb={`Void ${bill.number}`}
      action={`${path}/void`}
      csrfToken={state.csrfToken}
      reason={reason}
      reasonHint="For the timeline, seen by staff."
      problems={problems}
    >
      The number stays used. The next bill run bills {formatPeriod(bill.period_start, bill.period_end)}{" "}
      again, at the plan and price of then.
    </ReasonPage>
  );
});

export const handler = define.handlers({
  async GET(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const bill = found(await readPage(ctx.state, (trx) => findBill(trx, id)));
    ctx.state.title = `Void bill ${bill.number}`;
    if (bill.status !== "issued") return ctx.redirect(`/admin/bills/${id}`, 303);
    return page<VoidData>({ bill, reason: "", problems: {} });
  },
  async POST(ctx) {
    const { id } = readParams(ctx.state, idParams);
    const bill = found(await readPage(ctx.state, (trx) => findBill(trx, id)));
    ctx.state.title = `Void bill ${bill.number}`;
    const refuse = (problems: Record<string, string>) =>
      page<VoidData>({ bill, reason: typed(ctx.state, "reason"), problems }, { status: 422 });
    if (ctx.state.inputProblems !== null) return refuse(ctx.state.inputProblems);
    const { reason } = readInput(ctx.state, voidForm);
    const { tenantId } = requireSession(ctx.state);
    const result = await voidBill(ctx.state.services, tenantId, actorOf(ctx.state), { billId: id, reason });
    if (!result.ok) return refuse({ "": sentence(result.message) });
    return ctx.redirect(`/admin/bills/${id}?done=voided`, 303);
  },
});

function effectOf(bill: BillDetail): string {
  const balance = balanceOf(bill);
  const paid = centavos(bill.paid_centavos);
  const owed = balance > ZERO
    ? `${bill.subscriber_name} owes ${formatPeso(balance)} less.`
    : `Nothing is owed on it now.`;
  const released = paid > ZERO
    ? ` ${formatPeso(paid)} that was paid on it goes to other open bills, the rest becomes credit.`
    : "";
  return `${owed}${released} Service comes back if nothing past grace is left.`;
}
