import { formatDate } from "@/shared/calendar/mod.ts";
import { type Coded, coded } from "@/shared/codes/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { ok } from "@/shared/result.ts";
import { formatCentavosPlain, formatPeso, ZERO } from "@/shared/money/mod.ts";
import { may, momentOf, mustBeAllowed, typed } from "@/web/app/frame/page_context.ts";
import type { FieldAttributes } from "@/web/app/form/form_types.ts";
import { type AppState, define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { MoneyField, NumberField } from "@/web/components/form/NumberField.tsx";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { PREPAID_MAX } from "@/web/domain/billing/limits.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { METHODS } from "@/web/route_table/payments.ts";
import { buyForm, buyQuery, readUnit } from "@/web/route_table/prepaid.ts";
import { buyPrepaid } from "@/web/services/billing/buy_prepaid.ts";
import { orderFirstPurchase } from "@/web/services/billing/order_first_purchase.ts";
import { readOffer } from "@/web/services/billing/prepaid_offer.ts";
import { countPayments } from "@/web/store/payments/payments.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { BasketCard, fillBasket } from "../(_parts)/basket.tsx";
import { connectionPage, subscriberPath } from "../(_parts)/about_connection.ts";
import { findConnection } from "../(_parts)/find_connection.ts";

const form = define.form({
  ...connectionPage,
  query: buyQuery,
  input: buyForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    // Counted before the credit is read: a payment between the two is asked about rather than missed.
    const shown = await countPayments(trx, chosen.connection.subscriber_id);
    const offer = await readOffer(trx, moment.tenant, chosen.connection, moment.today);
    const { first_purchase: waits, activation } = chosen.connection;
    const agreed = waits === null ? {} : { unit: `${waits.unit}-${waits.count}`, quantity: waits.quantity };
    const basket = fillBasket(offer, { ...agreed, ...said(query) }, chosen.connection);
    const begins = query.begins ?? (activation === "first_session" ? activation : "day");
    return { ...chosen, offer, shown, basket, begins };
  },
  permission: "payment:post",
  audit: "subscription.prepaid_bought",
  summary: "Buy or renew prepaid time",
  readers: { permission: "payment:post", summary: "What may be bought, until when and for how much" },
  leave: ({ connection }) =>
    connection.billing_mode === "prepaid" || connection.prepaid_from !== null
      ? null
      : subscriberPath({ connection }),
  blocked: ({ t, state, loaded }) => {
    const why = whyNothingIsSold(loaded, state);
    return why === null ? null : <Banner tone="warn" title={codedText(t, why)} />;
  },
  title: ({ t, loaded }) => t(isFirst(loaded) ? "prepaid.begin_title" : "prepaid.buy_title"),
  lead: ({ t, loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
      {connection.status === "pending" && (
        <>. {t(connection.secret === "wanted" ? "prepaid.begin_note_secret" : "prepaid.begin_note")}</>
      )}
    </>
  ),
  refused: "prepaid.nothing_bought",
  labels: {
    begins: "subscribers.begins",
    unit: "prepaid.what",
    quantity: "prepaid.quantity",
    amount: "tables.amount",
    method: "tables.method",
    reference: "tables.reference",
  },
  values: ({ basket, offer, shown, begins }) => ({
    begins,
    unit: basket?.key ?? "",
    quantity: String(basket?.quantity ?? 1),
    amount: basket === null || basket.missing === ZERO ? "" : formatCentavosPlain(basket.missing),
    method: "cash",
    once: uuidv7(Date.now()),
    from: basket?.from.toString() ?? offer.coveredUntil?.toString() ?? "",
    shown: String(shown),
  }),
  // The days are those that the page shows, also after somebody else bought: sending it again agrees to them.
  hidden: ({ loaded: { connection, basket }, many }) => ({
    connection: connection.id,
    from: basket?.from.toString() ?? "",
    ...Object.fromEntries(
      (["unit", "quantity", "once", "shown"] as const).map((name) => [name, many(name)[0] ?? ""]),
    ),
  }),
  fields: ({ t, field, loaded: { basket, connection } }) =>
    basket !== null && (
      <>
        {isFirst({ connection }) && (
          <BeginsWhen field={field("begins")} isThere={connection.secret !== "wanted"} t={t} />
        )}
        <MoneyField
          {...field("amount")}
          big
          hint={basket.missing === ZERO
            ? t("prepaid.credit_pays_all")
            : t("prepaid.missing", { amount: formatPeso(basket.missing) })}
        />
        <div class="form-row">
          <SelectField
            {...field("method")}
            options={METHODS.map((method) => ({ value: method, label: t(`words.method_${method}`) }))}
          />
          <TextField {...field("reference")} mono hint={t("payments.reference_hint")} />
        </div>
      </>
    ),
  verb: ({ t, loaded }) => t(isFirst(loaded) ? "prepaid.begin_verb" : "prepaid.buy_verb"),
  page: ({ t, state, loaded: { connection, offer, basket } }, parts) => (
    <>
      {parts.header}
      {connection.first_purchase !== null && (
        <Banner tone="info" title={t("prepaid.first_agreed")}>{t("prepaid.first_agreed_note")}</Banner>
      )}
      {offer.openBill !== null && (
        <Banner
          tone="warn"
          title={t("prepaid.open_bill", { number: offer.openBill.number })}
          actions={may(state, "bill:read") && (
            <LinkButton small href={`/admin/bills/${offer.openBill.id}`}>{offer.openBill.number}</LinkButton>
          )}
        >
          {t("prepaid.open_bill_note")}
        </Banner>
      )}
      {basket === null
        ? (
          <section class="card">
            <EmptyState
              icon="bill"
              title={t("prepaid.none_sold", { plan: offer.plan.name })}
              actions={may(state, "plan:write") && offer.plan.archived_at === null && (
                <LinkButton kind="primary" href={`/admin/plans/${offer.plan.id}/prepaid`}>
                  {t("prepaid.units")}
                </LinkButton>
              )}
            >
              {t("prepaid.none_sold_note")}
            </EmptyState>
          </section>
        )
        : (
          <Columns
            main={
              <div class="stack">
                <Card title={t("prepaid.what")}>
                  <form class="form" method="get" action={`${subscriberPath({ connection })}/buy`}>
                    <HiddenFields values={{ connection: connection.id }} />
                    <RadioCards
                      name="unit"
                      label={t("prepaid.what")}
                      row
                      value={basket.key}
                      options={basket.choices.map((choice) => ({
                        value: choice.key,
                        label: t(`prepaid.unit_${choice.unit}`, { n: choice.count }),
                        note: t("prepaid.choice_note", {
                          price: formatPeso(choice.priceCentavos),
                          until: formatDate(choice.until, t.locale),
                        }),
                      }))}
                    />
                    <NumberField
                      name="quantity"
                      label={t("prepaid.quantity")}
                      value={basket.quantity}
                      required
                      min={1}
                      max={PREPAID_MAX.quantity}
                    />
                    <div class="form-actions">
                      <Button>{t("prepaid.show")}</Button>
                    </div>
                  </form>
                </Card>
                <Card title={t("prepaid.pay")}>{parts.form}</Card>
              </div>
            }
            side={
              <BasketCard
                basket={basket}
                coveredUntil={offer.coveredUntil}
                isFirst={isFirst({ connection })}
                state={state}
              />
            }
          />
        )}
    </>
  ),
  submit: async ({ unit, quantity, once, from, amount, begins, ...paid }, { call, loaded, state }) => {
    const { connection } = loaded;
    if (isFirst(loaded)) mustBeAllowed(state, "subscriber:write");
    const request = {
      subscriptionId: connection.id,
      ...readUnit(unit),
      quantity,
      once,
      ...(amount !== null && amount > 0n && {
        payment: {
          amountCentavos: amount,
          method: paid.method,
          receivedOn: momentOf(state).today,
          confirmLargeAmount: isOverruled(state, "confirm_large", "amount"),
          confirmDuplicateReference: isOverruled(state, "confirm_reference", "reference"),
          ...(paid.reference !== "" && { reference: paid.reference }),
          ...(paid.shown !== undefined && { paymentsShown: paid.shown }),
          ...(paid.confirm_paid !== undefined && { confirmPaidMeanwhile: paid.confirm_paid }),
        },
      }),
    };
    if (isFirst(loaded) && (connection.secret === "wanted" || begins === "first_session")) {
      return await orderFirstPurchase(...call, { ...request, begins });
    }
    const bought = await buyPrepaid(...call, { ...request, activates: isFirst(loaded), fromShown: from });
    return bought.ok ? ok({ hasBegun: true }) : bought;
  },
  doubts: {
    title: "payments.not_posted_yet",
    verb: "prepaid.buy_anyway",
    codes: {
      amount_too_large: { overrule: "confirm_large", about: ({ typed }) => typed("amount") },
      duplicate_reference: { overrule: "confirm_reference", about: ({ typed }) => typed("reference") },
      paid_meanwhile: { overrule: "confirm_paid", about: (_asked, { number }) => String(number) },
    },
  },
  at: { amount_too_large: "amount", duplicate_reference: "reference" },
  done: (value, { loaded }) => subscriberPath(loaded, value.hasBegun ? "bought" : "bought_first"),
});

export default form.page;
export const { handler, route } = form;

/** Whether its service begins with what is bought. */
function isFirst({ connection }: { connection: { status: string } }): boolean {
  return connection.status === "pending";
}

/** What the address says, without what it leaves out. */
function said({ unit, quantity }: { unit?: string | undefined; quantity?: number | undefined }) {
  return { ...(unit !== undefined && { unit }), ...(quantity !== undefined && { quantity }) };
}

/** When the days of a first purchase begin. */
function BeginsWhen({ field, isThere, t }: { field: FieldAttributes; isThere: boolean; t: Translate }) {
  return (
    <RadioCards
      {...field}
      options={[
        { value: "day", label: t(isThere ? "subscribers.begins_today" : "prepaid.begins_secret") },
        {
          value: "first_session",
          label: t("subscribers.begins_session"),
          note: t("prepaid.begins_session_note"),
        },
      ]}
    />
  );
}

/** What stands against a purchase before anything is chosen. */
function whyNothingIsSold({ connection }: { connection: SubscriptionDetail }, state: AppState): Coded | null {
  const { billing_mode: mode, prepaid_from: on } = connection;
  if (mode !== "prepaid") return on === null ? null : coded("prepaid_from_later", { on });
  if (!isFirst({ connection })) return null;
  return may(state, "subscriber:write") ? null : coded("prepaid_not_active");
}

/** Whether a person has overruled the doubt about just what stands in the field now. */
function isOverruled(state: AppState, flag: string, about: string): boolean {
  const said = typed(state, flag);
  return said !== "" && said === typed(state, about);
}
