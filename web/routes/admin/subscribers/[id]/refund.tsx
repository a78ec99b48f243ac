import {
  centavos,
  formatCentavosPlain,
  formatPeso,
  parsePeso,
  subtract,
  sum,
  ZERO,
} from "@/shared/money/mod.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Button } from "@/web/components/form/Button.tsx";
import { MoneyField } from "@/web/components/form/NumberField.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { drawRefund } from "@/web/domain/payments/mod.ts";
import { refundForm } from "@/web/route_table/corrections.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { METHODS } from "@/web/route_table/payments.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { listRefundableSources } from "@/web/store/payments/credit_sources.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../approvals/(_parts)/gate.tsx";

const form = define.form({
  params: idParams,
  input: refundForm,
  load: async (trx, { params, isSent, typed, state, moment }) => {
    const subscriber = found(await findSubscriber(trx, params.id));
    const sources = (await listRefundableSources(trx, subscriber.id)).map((source) => ({
      sourceId: source.source_id,
      number: source.number,
      availableCentavos: centavos(source.available_centavos),
    }));
    const credit = sum(sources.map((source) => source.availableCentavos));
    const amount = parsePeso((isSent ? typed("amount") : formatCentavosPlain(credit)).slice(0, 100));
    const isDrawable = amount.ok && amount.value > 0n;
    return {
      subscriber,
      credit,
      /** Null: more than there is, or no amount. */
      drawn: isDrawable ? drawRefund(amount.value, sources) : null,
      numbers: new Map(sources.map(({ sourceId, number }) => [sourceId, number])),
      gate: await loadGate(trx, { state, moment }, "refund", {
        amountCentavos: isDrawable ? amount.value : ZERO,
        subscriberId: subscriber.id,
      }),
      key: crypto.randomUUID(),
    };
  },
  permission: "refund:post",
  audit: "refund.posted",
  summary: "Preview or pay back credit",
  title: ({ t, loaded: { subscriber } }) => t("corrections.refund_for", { name: subscriber.name }),
  windowTitle: ({ t }) => t("corrections.refund"),
  lead: ({ loaded: { subscriber } }) => <CodeText>{subscriber.account_number}</CodeText>,
  back: ({ loaded: { subscriber } }) => ({
    href: `/admin/subscribers/${subscriber.id}`,
    label: subscriber.name,
  }),
  blocked: ({ t, loaded: { credit } }) =>
    credit > 0n ? null : (
      <section class="card">
        <EmptyState icon="cash" title={t("corrections.no_credit")}>
          {t("corrections.no_credit_note")}
        </EmptyState>
      </section>
    ),
  labels: {
    amount: "tables.amount",
    method: "corrections.paid_by",
    reference: "tables.reference",
    reason: "tables.reason",
  },
  values: ({ key, credit }) => ({ key, amount: formatCentavosPlain(credit), method: "cash" }),
  hidden: ({ many }) => ({ key: many("key")[0] ?? "" }),
  fields: ({ t, field, loaded: { credit, gate } }) => (
    <>
      <GateNote gate={gate} t={t} />
      <MoneyField
        {...field("amount")}
        big
        autofocus
        hint={t("corrections.credit_is", { amount: formatPeso(credit) })}
      />
      <div class="form-row">
        <SelectField
          {...field("method")}
          options={METHODS.map((method) => ({ value: method, label: t(`words.method_${method}`) }))}
        />
        <TextField {...field("reference")} mono hint={t("payments.reference_hint")} />
      </div>
      <TextField {...field("reason")} hint={t("bills.reason_hint")} />
    </>
  ),
  refused: "corrections.nothing_refunded",
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("corrections.refund_verb")),
  preview: "when_valid",
  otherVerbs: ({ t }) => <Button name="intent" value="preview">{t("corrections.preview")}</Button>,
  page: ({ t, loaded: { credit, drawn, numbers } }, parts) => (
    <>
      {parts.header}
      <Columns
        main={<Card>{parts.form}</Card>}
        side={
          <Card title={t("corrections.drawn_from")}>
            {drawn === null
              ? <p class="note">{t("corrections.credit_is", { amount: formatPeso(credit) })}</p>
              : (
                <FactList
                  sum
                  facts={[
                    ...drawn.map((share) => ({
                      label: numbers.get(share.sourceId) ?? "",
                      value: formatPeso(share.amountCentavos),
                    })),
                    {
                      label: t("corrections.credit_after"),
                      value: formatPeso(subtract(credit, sum(drawn.map((share) => share.amountCentavos)))),
                      strong: true,
                    },
                  ]}
                />
              )}
          </Card>
        }
      />
    </>
  ),
  submit: ({ key, amount, method, reference, reason }, { call, loaded: { subscriber } }) =>
    askOrRun(...call, {
      kind: "refund",
      input: {
        subscriberId: subscriber.id,
        amountCentavos: amount,
        method,
        reference,
        reason,
        idempotencyKey: key,
      },
      reason,
    }),
  done: (done, { state, loaded: { subscriber } }) =>
    afterAsking(state, done, {
      done: ({ refundId, duplicate }) => `/admin/refunds/${refundId}?done=${duplicate ? "before" : "paid"}`,
      cannotRead: `/admin/subscribers/${subscriber.id}`,
    }),
  undo: (done, { loaded: { subscriber } }) => done.outcome === "done" ? done.value.refundId : subscriber.id,
});

export default form.page;
export const { handler, route } = form;
