import { formatDate } from "@/shared/calendar/mod.ts";
import { formatPeso, ZERO } from "@/shared/money/mod.ts";
import type { FormView } from "@/web/app/form/form_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { RadioCards } from "@/web/components/form/SelectField.tsx";
import type { Translate } from "@/web/messages/mod.ts";
import type { PayerEffect } from "@/web/services/billing/payer_effect.ts";
import type { GivingTo } from "./load_payer.ts";

interface PayerChoiceProps {
  form: Pick<FormView<unknown, "when" | "unused">, "field" | "t" | "state">;
  giving: GivingTo;
}

/** From when on, and what becomes of days that are paid: who pays which days stands beside each choice. */
export function PayerChoice({ form: { field, t, state }, giving }: PayerChoiceProps) {
  const { effects, connection } = giving;
  const old = connection.subscriber_name;
  const to = nameOf(giving, t);
  const isPrepaid = connection.billing_mode === "prepaid";
  const note = (effect: PayerEffect) =>
    isPrepaid ? t("payers.effect_prepaid", { new: to }) : effectWords(effect, { old, to }, t);
  const { unused } = effects.today;
  const days = [
    { value: "today", label: t("payers.today"), note: note(effects.today) },
    {
      value: "next_boundary",
      label: t("payers.on", { on: formatDate(effects.next.effectiveOn, t.locale) }),
      note: note(effects.next),
    },
  ].filter(({ value }) => value !== "today" || may(state, "charge:post"));
  return (
    <>
      <p>
        {t("payers.to")} <b>{to}</b>{" "}
        <a href={`/admin/subscribers/${connection.subscriber_id}/payer?connection=${connection.id}`}>
          {t("payers.other")}
        </a>
      </p>
      <RadioCards {...field("when")} options={days} />
      {unused !== null && may(state, "memo:post") && (
        <RadioCards
          {...field("unused")}
          options={[
            {
              value: "keep",
              label: t("payers.unused_keep"),
              note: t("payers.unused_keep_note", {
                new: to,
                from: formatDate(effects.today.chargedFrom, t.locale),
              }),
            },
            {
              value: "credit",
              label: t("payers.unused_credit", { old }),
              note: t("payers.unused_credit_note", { new: to, amount: formatPeso(unused.creditCentavos) }),
            },
          ]}
        />
      )}
    </>
  );
}

/** What stays with the old payer, and what with the connection. */
export function PayerStays({ giving, t }: { giving: GivingTo; t: Translate }) {
  const { connection, effects: { today: { owedCentavos } } } = giving;
  const values = { old: connection.subscriber_name, amount: formatPeso(owedCentavos) };
  const isCut = connection.reasons.includes("nonpayment") && connection.billing_mode === "postpaid";
  return (
    <>
      {owedCentavos > 0n && <Banner tone="warn">{t(isCut ? "payers.cut" : "payers.owes", values)}</Banner>}
      <p class="note">{t("payers.stays")}</p>
      {connection.next_plan_name !== null && connection.next_plan_on !== null && (
        <p class="note">
          {t("payers.next_plan", {
            plan: connection.next_plan_name,
            on: formatDate(connection.next_plan_on, t.locale),
          })}
        </p>
      )}
      {connection.prepaid_from !== null && (
        <p class="note">{t("payers.next_mode", { on: formatDate(connection.prepaid_from, t.locale) })}</p>
      )}
    </>
  );
}

function nameOf({ to }: GivingTo, t: Translate): string {
  return to === "new" ? t("payers.new") : to.name;
}

function effectWords(
  { billCentavos, effectiveOn, chargedFrom }: PayerEffect,
  { old, to }: { old: string; to: string },
  t: Translate,
): string {
  const from = formatDate(chargedFrom, t.locale);
  if (billCentavos === ZERO) return t("payers.effect_none", { old, new: to, from });
  return t("payers.effect_bill", {
    old,
    new: to,
    from,
    amount: formatPeso(billCentavos),
    until: formatDate(effectiveOn.subtract({ days: 1 }), t.locale),
  });
}
