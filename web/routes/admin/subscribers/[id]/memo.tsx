import { formatDateShort } from "@/shared/calendar/mod.ts";
import { type Centavos, centavos, formatPeso, parsePeso, subtract, sum, ZERO } from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { MEMO_REASONS, memoForm, newMemoQuery } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { type PaymentPreview, previewPayment } from "@/web/services/payments/preview_payment.ts";
import { type BillDetail, findBill } from "@/web/store/billing/bills.ts";
import { sumMemosOfBill } from "@/web/store/payments/memos.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { listSubscriptionDetails } from "@/web/store/subscribers/subscriptions.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";
import { PreviewCard } from "../../payments/(_parts)/PaymentFields.tsx";

const form = define.form({
  params: idParams,
  query: newMemoQuery,
  input: memoForm,
  load: async (trx, { params, query, moment, state, isSent, typed }) => {
    const subscriber = found(await findSubscriber(trx, params.id));
    const typedBill = memoForm.shape.bill.safeParse(typed("bill"));
    const billId = isSent && typedBill.success ? typedBill.data : query.bill ?? null;
    const amount = parsePeso(typed("amount").slice(0, 100));
    const preview = await previewPayment(trx, moment.tenant, moment.today, {
      subscriberId: subscriber.id,
      amountCentavos: amount.ok && amount.value > 0n ? amount.value : ZERO,
      targetBillId: billId ?? undefined,
    });
    const connections = await listSubscriptionDetails(trx, { subscriberId: subscriber.id }, moment);
    return {
      subscriber,
      asked: await findAsked(trx, subscriber.id, billId),
      preview,
      amount: amount.ok ? amount.value : null,
      restores: connections.filter(({ id }) => preview.restores.includes(id)).map((row) => row.plan_name),
      gate: await loadGate(trx, { state, moment }, "credit_memo", {
        amountCentavos: amount.ok && amount.value > 0n ? amount.value : ZERO,
        subscriberId: subscriber.id,
      }),
      key: crypto.randomUUID(),
    };
  },
  permission: "memo:post",
  audit: "memo.issued",
  summary: "Preview or give a credit memo",
  title: ({ t, loaded: { subscriber } }) => t("corrections.memo_for", { name: subscriber.name }),
  windowTitle: ({ t }) => t("corrections.memo"),
  lead: ({ loaded: { subscriber } }) => <CodeText>{subscriber.account_number}</CodeText>,
  back: ({ t, loaded: { subscriber, asked } }) =>
    asked === null
      ? { href: `/admin/subscribers/${subscriber.id}`, label: subscriber.name }
      : { href: `/admin/bills/${asked.bill.id}`, label: t("bills.one", { number: asked.bill.number ?? "" }) },
  labels: {
    kind: "tables.why",
    amount: "tables.amount",
    bill: "corrections.memo_bill",
    reason: "tables.reason",
  },
  values: ({ key, asked }) => ({ key, kind: "goodwill", bill: asked?.bill.id ?? "" }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "" }),
  fields: ({ t, field, loaded: { asked, preview, gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <MoneyField
        {...field("amount")}
        big
        autofocus
        hint={asked === null ? t("corrections.memo_hint") : t("corrections.memo_most", {
          amount: formatPeso(asked.mostCentavos),
          number: asked.bill.number ?? "",
        })}
      />
      <SelectField
        {...field("bill")}
        prompt={t("payments.oldest")}
        options={billOptions(t, asked?.bill ?? null, preview.bills)}
      />
      <RadioCards
        {...field("kind")}
        row
        options={MEMO_REASONS.map((value) => ({ value, label: t(`corrections.kind_${value}`) }))}
      />
      <TextField {...field("reason")} hint={t("corrections.memo_reason_hint")} />
    </>
  ),
  refused: "corrections.nothing_given",
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("corrections.give_memo")),
  preview: "when_valid",
  otherVerbs: ({ t }) => <Button name="intent" value="preview">{t("corrections.preview")}</Button>,
  page: ({ t, loaded: { subscriber, preview, amount, restores } }, parts) => (
    <>
      {parts.header}
      <Columns
        main={<Card>{parts.form}</Card>}
        side={
          <>
            <PreviewCard paying={{ preview, amount, changeDue: null, restores }} />
            <p class="note">
              {t("corrections.owes_after", { name: subscriber.name, amount: formatPeso(owedAfter(preview)) })}
            </p>
          </>
        }
      />
    </>
  ),
  submit: ({ key, kind, amount, bill, reason }, { call, loaded: { subscriber } }) =>
    askOrRun(...call, {
      kind: "credit_memo",
      input: {
        subscriberId: subscriber.id,
        kind,
        reason,
        amountCentavos: amount,
        billId: bill,
        idempotencyKey: key,
      },
      reason,
    }),
  at: { bill_not_found: "bill", already_void: "bill" },
  done: (done, { state, loaded: { subscriber } }) =>
    afterAsking(state, done, {
      done: ({ memoId, duplicate }) => `/admin/memos/${memoId}?done=${duplicate ? "before" : "given"}`,
      cannotRead: `/admin/subscribers/${subscriber.id}`,
    }),
  undo: (done) => done.outcome === "done" ? done.value.memoId : done.requestId,
});

export default form.page;
export const { handler, route } = form;

/** The bill that the memo was asked for, with what can still be taken off it. */
async function findAsked(
  trx: TenantTransaction,
  subscriberId: string,
  billId: string | null,
): Promise<{ bill: BillDetail; mostCentavos: Centavos } | null> {
  const bill = billId === null ? null : await findBill(trx, billId);
  if (bill === null || bill.subscriber_id !== subscriberId) return null;
  const given = await sumMemosOfBill(trx, bill.id);
  return { bill, mostCentavos: subtract(centavos(bill.total_centavos), centavos(given)) };
}

function owedAfter({ owedCentavos, bills }: PaymentPreview): Centavos {
  return subtract(owedCentavos, sum(bills.map((bill) => bill.appliedCentavos)));
}

/** The open bills, and the one that was asked for although it is paid. */
function billOptions(t: Translate, asked: BillDetail | null, open: PaymentPreview["bills"]) {
  const options = open.map((bill) => ({
    value: bill.billId,
    label: t("payments.bill_option", {
      number: bill.number,
      day: formatDateShort(bill.dueOn, t.locale),
      amount: formatPeso(bill.balanceCentavos),
    }),
  }));
  if (asked === null || options.some(({ value }) => value === asked.id)) return options;
  const label = t("corrections.bill_closed", { number: asked.number ?? "" });
  return [{ value: asked.id, label }, ...options];
}
