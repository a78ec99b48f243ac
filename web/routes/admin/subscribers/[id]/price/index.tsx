import { ownWords, scheduleWords } from "@/web/app/words/price_words.tsx";
import { address, typed } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { payOn, scheduleFrom } from "@/web/domain/billing/mod.ts";
import { ownPriceForm, ownPriceQuery } from "@/web/route_table/prices.ts";
import { checkOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { readPlans, termsNow } from "@/web/services/billing/review_own_price.ts";
import { listOwnPriceHistory } from "@/web/store/billing/own_prices.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { OWN_PRICE_FIELDS, ownPriceOfForm } from "../../(_parts)/own_price.ts";
import { OwnPriceFields } from "../../(_parts)/OwnPriceFields.tsx";
import { OwnPricesCard } from "../../(_parts)/OwnPricesCard.tsx";

const form = define.form({
  ...connectionPage,
  query: ownPriceQuery,
  input: ownPriceForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const history = await listOwnPriceHistory(trx, chosen.connection.id);
    const standing = history.filter((row) => row.taken_back_at === null).toReversed();
    const terms = termsNow(moment, chosen.connection, await readPlans(trx), standing);
    const day = chosen.connection.activated_on ?? moment.today;
    const from = Temporal.PlainDate.compare(day, moment.today) > 0 ? day : moment.today;
    return { ...chosen, history, schedule: scheduleFrom(terms, from), pay: payOn(terms, from), typed: query };
  },
  permission: "plan:write",
  audit: "subscription.own_price_agreed",
  summary: "Agree a price of its own for a connection",
  refused: "subscribers.nothing_changed",
  title: ({ t }) => t("prices.own_title"),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  labels: {
    kind: "prices.kind",
    amount: "prices.amount",
    percent: "prices.percent",
    from: "prices.counts",
    on: "prices.on",
    end: "prices.ends",
    periods: "prices.periods",
    last: "prices.last",
    reason: "tables.reason",
  },
  values: ({ typed }) => ({
    ...Object.fromEntries(OWN_PRICE_FIELDS.map((name) => [name, typed[name] ?? ""])),
    kind: typed.kind ?? "price",
    from: typed.from ?? "next",
    end: typed.end ?? "none",
  }),
  fields: (view) => <OwnPriceFields view={view} />,
  verb: ({ t }) => t("prices.show_effect"),
  page: (view, parts) => {
    const { t, state, moment, loaded } = view;
    const own = ownWords(t, loaded.pay);
    return (
      <>
        {parts.header}
        <Flash
          done={loaded.typed.done}
          messages={{ ended: t("prices.done_ended"), taken_back: t("prices.done_own_taken_back") }}
        />
        <Card title={t("prices.pays_now")}>
          <p class="verdict">{scheduleWords(t, loaded.schedule)}</p>
          {own !== null && <p class="note">{own}</p>}
        </Card>
        <Card title={t("prices.agree_title")}>{parts.form}</Card>
        {loaded.history.length > 0 && (
          <OwnPricesCard
            rows={loaded.history}
            path={`${subscriberPath(loaded)}/price`}
            connection={loaded.connection}
            moment={moment}
            state={state}
          />
        )}
      </>
    );
  },
  submit: (input, { call, loaded: { connection } }) =>
    checkOwnPrice(...call, { subscriptionId: connection.id, ...ownPriceOfForm(input) }),
  at: { own_price_free_of_nothing: "amount", price_out_of_range: "amount" },
  // Nothing is agreed before its effect was seen.
  done: (_value, { loaded, state }) =>
    address(`${subscriberPath(loaded)}/price/review`, {
      connection: loaded.connection.id,
      ...Object.fromEntries(OWN_PRICE_FIELDS.map((name) => [name, typed(state, name) || undefined])),
    }),
});

export default form.page;
export const { handler, route } = form;
