import type { z } from "zod";
import { formatDate, formatDateShort, formatPeriod } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { address } from "@/web/app/frame/page_context.ts";
import { agreedTitle, PriceChange, scheduleWords } from "@/web/app/words/price_words.tsx";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { LinkButton } from "@/web/components/form/Button.tsx";
import { scheduleFrom } from "@/web/domain/billing/mod.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import { ownPriceForm, ownPriceQuery } from "@/web/route_table/prices.ts";
import { askOrRun } from "@/web/services/approvals/ask_or_run.ts";
import { agreedWords, discountOf } from "@/web/services/billing/agree_own_price.ts";
import { type OwnPriceReview, reviewOwnPrice } from "@/web/services/billing/review_own_price.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { afterAsking, GateNote, gateVerb, loadGate } from "../../../approvals/(_parts)/gate.tsx";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { OWN_PRICE_FIELDS, ownPriceOfForm } from "../../(_parts)/own_price.ts";

const question = define.question({
  ...connectionPage,
  query: ownPriceQuery,
  input: ownPriceForm,
  load: async (trx, { params, query, moment, state }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const asked = ownPriceForm.safeParse({ ...query, connection: chosen.connection.id });
    const review = asked.success
      ? await reviewOwnPrice(trx, moment, chosen.connection, ownPriceOfForm(asked.data))
      : null;
    const discount = review?.ok ? await discountOf({ trx }, chosen.connection, review.value.price) : 0n;
    const gate = await loadGate(trx, { state, moment }, "own_price", {
      amountCentavos: centavos(discount > 0n ? discount : 0n),
      subscriberId: chosen.connection.subscriber_id,
    });
    return { ...chosen, typed: query, review: review?.ok === true ? review.value : null, gate };
  },
  // What cannot be agreed is asked again.
  leave: (loaded) => loaded.review === null ? formHref(loaded) : null,
  permission: "plan:write",
  audit: "subscription.own_price_agreed",
  summary: "What a price of its own does, before it is agreed",
  title: ({ t }) => t("prices.own_title"),
  back: ({ t, loaded }) => ({ href: formHref(loaded), label: t("prices.own_title") }),
  hidden: ({ loaded: { connection, typed } }) => ({
    connection: connection.id,
    ...Object.fromEntries(OWN_PRICE_FIELDS.map((name) => [name, typed[name] ?? ""])),
  }),
  blocked: ({ t, loaded }) =>
    loaded.review !== null ? null : (
      <section class="card">
        <EmptyState
          icon="plan"
          title={t("prices.own_none")}
          actions={<LinkButton href={formHref(loaded)}>{t("states.go_back")}</LinkButton>}
        />
      </section>
    ),
  question: ({ t, loaded }) =>
    t("prices.own_question", {
      price: codedText(t, agreedWords(reviewOf(loaded).price)),
      name: loaded.connection.subscriber_name,
    }),
  effect: ({ t, loaded }) => {
    const { after, price } = reviewOf(loaded);
    return t("prices.own_effect", {
      from: formatDate(price.from_on, t.locale),
      schedule: scheduleWords(t, scheduleFrom(after, price.from_on)),
    });
  },
  children: ({ t, loaded }) => {
    const { before, price, ended, takenBack, bills } = reviewOf(loaded);
    const replaced = [...ended.map(({ row }) => row), ...takenBack];
    return (
      <>
        <GateNote gate={loaded.gate} t={t} />
        <FactList
          facts={[
            { label: t("prices.without"), value: scheduleWords(t, scheduleFrom(before, price.from_on)) },
            ...replaced.map((row) => ({
              label: t("prices.takes_place_of"),
              value: agreedTitle(t, agreedWords(row)),
            })),
            { label: t("tables.reason"), value: price.reason },
          ]}
        />
        <h3>{t("prices.next_bills")}</h3>
        <FactList
          wide
          facts={bills.map((bill) => ({
            label: (
              <>
                {formatPeriod(bill.periodStart, bill.periodEnd, t.locale)}
                <div class="note">
                  {t("prices.bill_of", { on: formatDateShort(bill.issueOn, t.locale) })}
                </div>
              </>
            ),
            value: <PriceChange before={bill.beforeCentavos} after={bill.afterCentavos} />,
          }))}
        />
        <p class="note">
          {t(loaded.connection.activated_on === null ? "prices.own_note_pending" : "prices.own_note")}
        </p>
      </>
    );
  },
  verb: ({ t, loaded: { gate } }) => gateVerb(gate, t, t("prices.own_verb")),
  submit: (input, { call, loaded: { connection } }) =>
    askOrRun(...call, {
      kind: "own_price",
      input: { subscriptionId: connection.id, ...ownPriceOfForm(input) },
      reason: input.reason,
    }),
  undo: (_agreed, { loaded: { connection } }) => connection.id,
  done: (done, { state, loaded }) =>
    afterAsking(state, done, {
      done: () => subscriberPath(loaded, "price_agreed"),
      cannotRead: subscriberPath(loaded),
    }),
});

export default question.page;
export const { handler, route } = question;

/** The form, with what was typed. */
function formHref(
  { connection, typed }: { connection: SubscriptionDetail; typed: z.output<typeof ownPriceQuery> },
): string {
  return address(`${subscriberPath({ connection })}/price`, {
    connection: connection.id,
    ...Object.fromEntries(OWN_PRICE_FIELDS.map((name) => [name, typed[name]])),
  });
}

/** What the page is about: without it one is led to the form. */
function reviewOf({ review }: { review: OwnPriceReview | null }): OwnPriceReview {
  if (review === null) throw new Error("Cannot show an own price: it is none");
  return review;
}
