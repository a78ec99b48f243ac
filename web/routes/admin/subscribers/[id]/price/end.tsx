import { formatDate } from "@/shared/calendar/mod.ts";
import { err } from "@/shared/result.ts";
import { refusalText } from "@/web/app/errors/refusal_text.ts";
import { define } from "@/web/app/state.ts";
import { EmptyState } from "@/web/components/facts/EmptyState.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { endOwnPriceForm, endOwnPriceQuery } from "@/web/route_table/prices.ts";
import { agreedWords, endOf, endOwnPrice } from "@/web/services/billing/agree_own_price.ts";
import { listOwnPrices, type OwnPriceRow } from "@/web/store/billing/own_prices.ts";
import type { SubscriptionDetail } from "@/web/store/subscribers/subscriptions.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";

const question = define.question({
  ...connectionPage,
  query: endOwnPriceQuery,
  input: endOwnPriceForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const rows = await listOwnPrices(trx, [chosen.connection.id]);
    // Without one named it is the last: a connection has one at a time.
    const asked = query.price === undefined ? rows.at(-1) : rows.find(({ id }) => id === query.price);
    const ending = asked === undefined ? null : { row: asked, end: endOf(moment, chosen.connection, asked) };
    return { ...chosen, ending };
  },
  // Taken back meanwhile, or never agreed: what there is stands on the page of the prices.
  leave: (loaded) => loaded.ending === null ? pricesHref(loaded) : null,
  permission: "plan:write",
  audit: "subscription.own_price_ended",
  summary: "End a price of its own, or take it back",
  title: ({ t }) => t("prices.end_title"),
  hidden: ({ loaded: { connection, ending } }) => ({
    connection: connection.id,
    price: ending?.row.id ?? "",
  }),
  blocked: ({ state, loaded: { ending } }) => {
    const refused = ending === null ? err("own_price_not_found") : ending.end;
    return refused.ok ? null : (
      <section class="card">
        <EmptyState icon="clock" title={refusalText(state, refused)} />
      </section>
    );
  },
  question: ({ t, loaded }) =>
    t("prices.end_question", {
      price: codedText(t, agreedWords({ ...endingOf(loaded).row, last_on: null })),
      name: loaded.connection.subscriber_name,
    }),
  effect: ({ t, loaded }) => {
    const { end } = endingOf(loaded);
    return end.ok && !end.value.isTakenBack
      ? t("prices.end_effect", { last: formatDate(end.value.lastOn, t.locale) })
      : t("prices.take_back_effect");
  },
  verb: ({ t, loaded }) => {
    const { end } = endingOf(loaded);
    return t(end.ok && end.value.isTakenBack ? "prices.take_back_verb" : "prices.end_verb");
  },
  submit: ({ price }, { call, loaded: { connection } }) =>
    endOwnPrice(...call, { subscriptionId: connection.id, priceId: price }),
  undo: (_end, { loaded: { connection } }) => connection.id,
  done: ({ isTakenBack }, { loaded }) => `${pricesHref(loaded)}&done=${isTakenBack ? "taken_back" : "ended"}`,
});

export default question.page;
export const { handler, route } = question;

interface Ending {
  row: OwnPriceRow;
  end: ReturnType<typeof endOf>;
}

/** What the page is about: without it one is led to the prices. */
function endingOf({ ending }: { ending: Ending | null }): Ending {
  if (ending === null) throw new Error("Cannot end an own price: it is not there");
  return ending;
}

function pricesHref({ connection }: { connection: SubscriptionDetail }): string {
  return `${subscriberPath({ connection })}/price?connection=${connection.id}`;
}
