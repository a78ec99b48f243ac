import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { define } from "@/web/app/state.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { codedText } from "@/web/messages/coded_text.ts";
import { decideEndForm } from "@/web/route_table/new_subscribers.ts";
import { reviewEnd } from "@/web/services/billing/review_end.ts";
import { approveEnd, refuseEnd } from "@/web/services/subscribers/decide_end.ts";
import { findOpenEnd } from "@/web/store/subscribers/service_ends.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { effectWords, EndFacts } from "../../(_parts)/end_facts.tsx";
import { findConnection } from "../../(_parts)/find_connection.ts";

const DECISIONS = ["approve", "refuse"] as const;

const question = define.question({
  ...connectionPage,
  input: decideEndForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const open = await findOpenEnd(trx, chosen.connection.id);
    const asked = open?.state === "asked" ? open : null;
    const review = asked === null ? null : await reviewEnd(trx, moment, chosen.connection, {
      lastDay: asked.last_on,
      unused: asked.unused,
    });
    return { ...chosen, asked, review };
  },
  leave: ({ connection, asked }) => asked === null ? subscriberPath({ connection }) : null,
  permission: "service_end:approve",
  audit: "subscription.end_decided",
  summary: "Decide the end of a service that somebody asked for",
  title: ({ t }) => t("subscribers.end_decide_title"),
  hidden: ({ loaded: { connection, asked, review } }) => ({
    connection: connection.id,
    last: asked?.last_on.toString() ?? "",
    net: review?.ok ? String(review.value.netCentavos) : "0",
  }),
  question: ({ t, loaded: { connection, asked } }) =>
    t("subscribers.end_decide_question", {
      name: connection.ppp_name,
      last: asked === null ? "" : formatDate(asked.last_on, t.locale),
      by: actorText(t, asked?.asked_by ?? ""),
      reason: asked?.reason ?? "",
    }),
  effect: ({ t, loaded: { review } }) =>
    review === null ? "" : review.ok ? effectWords(review.value, t) : codedText(t, review),
  verb: ({ t }) => t("bills.decide_verb"),
  labels: { decision: "bills.decide_choice", reason: "bills.decide_note" },
  children: ({ t, field, moment, loaded: { asked, review } }) => {
    const isToCome = asked !== null && Temporal.PlainDate.compare(asked.last_on, moment.today) > 0;
    return (
      <>
        {review?.ok && <EndFacts review={review.value} t={t} />}
        <RadioCards
          {...field("decision")}
          options={DECISIONS.map((value) => ({
            value,
            label: t(`subscribers.end_${value}`),
            note: t(
              value === "refuse"
                ? "subscribers.end_refuse_note"
                : isToCome
                ? "subscribers.end_approve_planned"
                : "subscribers.end_approve_now",
            ),
          }))}
        />
        <TextField {...field("reason")} hint={t("subscribers.end_refuse_hint")} />
      </>
    );
  },
  submit: async ({ decision, reason, last, net }, { call, loaded: { connection } }) => {
    const subscriptionId = connection.id;
    return decision === "refuse"
      ? await refuseEnd(...call, { subscriptionId, note: reason })
      : await approveEnd(...call, { subscriptionId, lastDay: last, netCentavos: centavos(net) });
  },
  done: (_value, { loaded }) => subscriberPath(loaded, "end_decided"),
});

export default question.page;
export const { handler, route } = question;
