import { fold } from "@/shared/text/mod.ts";
import { page } from "fresh";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { formatDate } from "@/shared/calendar/mod.ts";
import { readInput, requireSession } from "@/web/app/form/input.ts";
import { withUndo } from "@/web/app/frame/undo_link.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { PageHeader } from "@/web/components/frame/PageHeader.tsx";
import { newPaymentQuery, paymentForm } from "@/web/route_table/payments.ts";
import { recordPayment, type RecordPaymentCode } from "@/web/services/payments/record_payment.ts";
import { listSubscribers, type SubscriberListRow } from "@/web/store/subscribers/subscribers_page.ts";
import { actorOf, found, momentOf, readPage, typed } from "@/web/app/frame/page_context.ts";
import { FindPayer } from "./(_parts)/FindPayer.tsx";
import { PaymentForm, PreviewCard } from "./(_parts)/PaymentForm.tsx";
import {
  type Doubt,
  FIELD,
  loadPaymentForm,
  type PaymentFormData,
  type PaymentValues,
  typedValues,
} from "./(_parts)/payment_form.ts";
import type { RouteEntries } from "@/web/app/route_table.ts";

type NewPaymentData =
  | { step: "find"; q: string; matches: SubscriberListRow[] | null }
  | { step: "form"; form: PaymentFormData };

const MATCHES_MAX = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Refusals that a person may overrule. */
const DOUBTS: Partial<Record<RecordPaymentCode, { flag: Doubt["flag"]; about: keyof PaymentValues }>> = {
  amount_too_large: { flag: "confirm_large", about: "amount" },
  duplicate_reference: { flag: "confirm_reference", about: "reference" },
  received_on_old: { flag: "confirm_date", about: "received" },
};

export default define.page<typeof handler>(function NewPaymentPage({ data, state }) {
  const { t } = state;
  if (data.step === "find") {
    return (
      <>
        <PageHeader
          title={t("tables.sub_post_payment")}
          back={{ href: "/admin/payments", label: t("tables.list_payments") }}
        />
        <FindPayer q={data.q} matches={data.matches} />
      </>
    );
  }
  const { form } = data;
  return (
    <>
      <PageHeader
        title={t("payments.post_for", { name: form.subscriber.name })}
        back={{ href: `/admin/subscribers/${form.subscriber.id}`, label: form.subscriber.name }}
        lead={
          <>
            <CodeText>{form.subscriber.account_number}</CodeText>, {formatDate(form.today, t.locale)}
          </>
        }
      />
      <Columns
        main={<PaymentForm data={form} csrfToken={state.csrfToken} />}
        side={<PreviewCard data={form} />}
      />
    </>
  );
});

export const route: RouteEntries = {
  GET: {
    audience: "staff",
    permission: "payment:post",
    input: newPaymentQuery,
    summary: "Find who pays, then the payment form",
  },
  POST: {
    audience: "staff",
    permission: "payment:post",
    input: paymentForm,
    audit: "payment.recorded",
    summary: "Preview or post a payment",
  },
};

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("tables.sub_post_payment");
    const query = readInput(ctx.state, newPaymentQuery);
    if (query.subscriber === undefined) {
      const q = query.q?.trim() ?? "";
      const matches = q === "" ? null : await findPayers(ctx.state, q);
      const only = matches?.length === 1 ? matches[0] : exactMatch(matches ?? [], q);
      if (only !== undefined) return ctx.redirect(`/admin/payments/new?subscriber=${only.subscriberId}`, 303);
      return page<NewPaymentData>({ step: "find", q, matches });
    }
    const input = { subscriberId: query.subscriber, values: null, bill: query.bill ?? "" };
    const moment = momentOf(ctx.state);
    const form = await readPage(ctx.state, (trx) => loadPaymentForm(trx, moment, input));
    return page<NewPaymentData>({ step: "form", form: { ...form, problems: {}, doubt: null } });
  },
  async POST(ctx) {
    ctx.state.title = ctx.state.t("tables.sub_post_payment");
    const { inputProblems } = ctx.state;
    const values = typedValues(ctx.state);
    const answer = async (problems: Record<string, string>, doubt: Doubt | null, status: number) => {
      const form = await showAgain(ctx.state, values);
      return page<NewPaymentData>({ step: "form", form: { ...form, problems, doubt } }, { status });
    };
    if (inputProblems !== null) return await answer(inputProblems, null, 422);
    const form = readInput(ctx.state, paymentForm);
    if (form.method !== "cash" && form.tendered !== null) {
      return await answer(
        { tendered: ctx.state.t("payments.only_cash") },
        null,
        422,
      );
    }
    if (form.intent === "preview") return await answer({}, null, 200);
    const { tenantId } = requireSession(ctx.state);
    const result = await recordPayment(ctx.state.services, tenantId, actorOf(ctx.state), {
      subscriberId: form.subscriber,
      amountCentavos: form.amount,
      method: form.method,
      receivedOn: form.received,
      idempotencyKey: form.key,
      confirmLargeAmount: isConfirmed(values, "confirm_large", "amount"),
      confirmDuplicateReference: isConfirmed(values, "confirm_reference", "reference"),
      confirmOldDate: isConfirmed(values, "confirm_date", "received"),
      ...(form.shown === undefined ? {} : { paymentsShown: form.shown }),
      ...(form.confirm_paid === undefined ? {} : { confirmPaidMeanwhile: form.confirm_paid }),
      ...(form.tendered === null ? {} : { tenderedCentavos: form.tendered }),
      ...(form.reference === "" ? {} : { reference: form.reference }),
      ...(form.note === "" ? {} : { note: form.note }),
      ...(form.bill === null ? {} : { targetBillId: form.bill }),
    });
    if (result.ok) {
      const done = result.value.duplicate ? "posted_before" : "posted";
      return ctx.redirect(
        await withUndo(
          ctx.state,
          `/admin/payments/${result.value.paymentId}?done=${done}`,
          result.value.paymentId,
        ),
        303,
      );
    }
    if (result.code === "paid_meanwhile") {
      const asked = refusalText(ctx.state, result);
      const value = String(result.values.number);
      return await answer({}, { flag: "confirm_paid", message: asked, value }, 409);
    }
    const doubted = DOUBTS[result.code];
    const message = refusalText(ctx.state, result);
    if (doubted === undefined) return await answer({ [FIELD[result.code]]: message }, null, 422);
    const { flag, about } = doubted;
    return await answer({ [FIELD[result.code]]: message }, { flag, message, value: values[about] }, 422);
  },
});

/** People, not connections: who has two is one match. */
async function findPayers(state: AppState, q: string): Promise<SubscriberListRow[]> {
  const moment = momentOf(state);
  const { rows } = await readPage(
    state,
    (trx) => listSubscribers(trx, { q }, moment, { limit: MATCHES_MAX }),
  );
  const first = new Map<string, SubscriberListRow>();
  for (const row of rows) {
    const earlier = first.get(row.subscriberId);
    if (earlier === undefined) first.set(row.subscriberId, { ...row });
    else earlier.balanceCentavos += row.balanceCentavos;
  }
  return [...first.values()];
}

/** Who was named in full although others share a part of it: `ana.cruz` beside `ana.cruz2`. */
function exactMatch(matches: readonly SubscriberListRow[], q: string): SubscriberListRow | undefined {
  const wanted = fold(q);
  const exact = matches.filter((row) =>
    [row.pppName, row.accountNumber, row.name].some((text) => fold(text ?? "") === wanted)
  );
  return exact.length === 1 ? exact[0] : undefined;
}

async function showAgain(state: AppState, values: PaymentValues) {
  const subscriberId = found(UUID.test(typed(state, "subscriber")) ? typed(state, "subscriber") : null);
  const moment = momentOf(state);
  return await readPage(
    state,
    (trx) => loadPaymentForm(trx, moment, { subscriberId, values, bill: values.bill }),
  );
}

function isConfirmed(values: PaymentValues, flag: Doubt["flag"], about: keyof PaymentValues): boolean {
  return values[flag] !== "" && values[flag] === values[about];
}
