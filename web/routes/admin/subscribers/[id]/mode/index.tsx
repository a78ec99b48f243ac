import { formatDate } from "@/shared/calendar/mod.ts";
import { centavos, formatPeso, sum, ZERO } from "@/shared/money/mod.ts";
import { may, mustBeAllowed } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { CodeText } from "@/web/components/facts/CopyBlock.tsx";
import { HiddenFields } from "@/web/components/form/Csrf.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import { modeForm } from "@/web/route_table/prepaid.ts";
import { changeMode } from "@/web/services/billing/change_mode.ts";
import { readToPrepaid, type ToPrepaidEffect } from "@/web/services/billing/mode_effect.ts";
import { whyModeWaits } from "@/web/services/billing/why_waits.ts";
import { findPlannedModeChange } from "@/web/store/billing/mode_changes.ts";
import { connectionPage, subscriberPath } from "../../(_parts)/about_connection.ts";
import { findConnection } from "../../(_parts)/find_connection.ts";
import { WaitsPart } from "../../(_parts)/WaitsPart.tsx";

const form = define.form({
  ...connectionPage,
  input: modeForm,
  load: async (trx, { params, query, moment }) => {
    const chosen = await findConnection(trx, params.id, query.connection, moment);
    const { tenant, today } = moment;
    const effect = (when: "today" | "next_boundary") =>
      readToPrepaid(trx, tenant, chosen.connection, { today, when });
    const isPostpaid = chosen.connection.billing_mode === "postpaid";
    const waiting = await findPlannedModeChange(trx, chosen.connection.id);
    return {
      ...chosen,
      waiting,
      why: waiting === null ? null : await whyModeWaits(trx, waiting, moment),
      to: isPostpaid ? "prepaid" as const : "postpaid" as const,
      /** Of a change to prepaid. */
      effects: isPostpaid ? { today: await effect("today"), next: await effect("next_boundary") } : null,
    };
  },
  permission: "subscriber:write",
  audit: "subscription.mode_changed",
  summary: "Change whether a connection pays up front or after a bill",
  title: ({ t, loaded: { to } }) => t(`prepaid.mode_title_${to}`),
  lead: ({ loaded: { connection } }) => (
    <>
      {connection.plan_name}, <CodeText>{connection.ppp_name}</CodeText>
    </>
  ),
  refused: "subscribers.nothing_changed",
  labels: { when: "prepaid.mode_when", unused: "prepaid.mode_unused" },
  blocked: ({ t, state, loaded: { connection, waiting, why } }) => {
    if (waiting === null) return null;
    const { id, subscriber_id: subscriberId } = connection;
    const action = `/admin/subscribers/${subscriberId}/mode/cancel`;
    const text = t("prepaid.mode_waits", { on: formatDate(waiting.effective_on, t.locale) });
    const cancel = { action, connection: id, verb: t("prepaid.mode_cancel") };
    return <WaitsPart state={state} text={text} why={why} cancel={cancel} />;
  },
  values: () => ({ when: "next_boundary", unused: "coverage" }),
  hidden: ({ loaded: { connection, to } }) => ({ connection: connection.id, to }),
  fields: ({ t, state, field, loaded: { connection, effects }, moment: { today } }) => {
    const until = connection.billed_through_on;
    const begins = until !== null && Temporal.PlainDate.compare(today, until) < 0 ? until : today;
    return (
      <>
        {effects === null
          ? (
            <>
              <HiddenFields values={{ when: "next_boundary" }} />
              <p>{t("prepaid.mode_to_bills", { on: formatDate(begins, t.locale) })}</p>
            </>
          )
          : (
            <>
              <RadioCards
                {...field("when")}
                options={[
                  {
                    value: "next_boundary",
                    label: t("prepaid.mode_on", { on: formatDate(effects.next.effectiveOn, t.locale) }),
                    note: effectWords(effects.next, t),
                  },
                  {
                    value: "today",
                    label: t("prepaid.mode_today"),
                    note: effectWords(effects.today, t),
                  },
                ].filter(({ value }) => value !== "today" || may(state, "charge:post"))}
              />
              {effects.today.carried.length > 0 && (
                <RadioCards
                  {...field("unused")}
                  options={(["coverage", "credit"] as const).map((value) => ({
                    value,
                    label: t(`prepaid.mode_unused_${value}`),
                    note: t(`prepaid.mode_unused_${value}_note`),
                  }))}
                />
              )}
              <p class="note">{t("prepaid.mode_note")}</p>
            </>
          )}
      </>
    );
  },
  verb: ({ t, loaded: { to } }) => t(`prepaid.mode_verb_${to}`),
  submit: ({ to, when, unused = "coverage" }, { call, state, loaded }) => {
    // It bills what was used at once.
    if (to === "prepaid" && when === "today") mustBeAllowed(state, "charge:post");
    return changeMode(...call, { subscriptionId: loaded.connection.id, to, when, unused });
  },
  done: (_value, { loaded }) => subscriberPath(loaded, "mode"),
});

export default form.page;
export const { handler, route } = form;

/** What is still billed, what is given back, and until when it stays on without buying. */
function effectWords(effect: ToPrepaidEffect, t: Translate): string {
  const { toBill, billCentavos, reconnections, carried, effectiveOn, ahead, suspendedBack } = effect;
  const until = carried.at(-1)?.end;
  const words = toBill.length > 0
    ? t("prepaid.mode_last_bill", {
      amount: formatPeso(billCentavos),
      until: formatDate(effectiveOn.subtract({ days: 1 }), t.locale),
    })
    : until !== undefined
    ? t("prepaid.mode_stays", { until: formatDate(until.subtract({ days: 1 }), t.locale) })
    : t("prepaid.mode_nothing");
  const unused = sum(ahead.givenBack.map((days) => days.amountCentavos));
  const suspended = sum(suspendedBack.map((line) => centavos(-line.amountCentavos)));
  const fees = sum(reconnections.map((one) => one.amountCentavos));
  return [
    words,
    ...ahead.voids.map(({ number, totalCentavos }) =>
      t("prepaid.mode_voids", { number, amount: formatPeso(totalCentavos) })
    ),
    fees > ZERO && t(toBill.length > 0 ? "prepaid.mode_fee_in_it" : "prepaid.mode_fee", {
      fee: formatPeso(fees),
      amount: formatPeso(billCentavos),
    }),
    unused > ZERO && t("prepaid.mode_given_back", { amount: formatPeso(unused) }),
    suspended > ZERO && t("prepaid.mode_suspended_back", { amount: formatPeso(suspended) }),
  ].filter((part) => part !== false).join(" ");
}
