import { centavos, formatPeso } from "@/shared/money/mod.ts";
import { noFields } from "@/web/app/form/no_fields.ts";
import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { idParams } from "@/web/route_table/fields.ts";
import { takeBackOpeningCredit } from "@/web/services/payments/opening_balance.ts";
import { findOpeningBalance } from "@/web/store/payments/opening_balances.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";

const question = define.question({
  params: idParams,
  input: noFields,
  load: async (trx, { params }) => {
    const person = found(await findSubscriber(trx, params.id));
    const opening = await findOpeningBalance(trx, person.id);
    const amount = formatPeso(centavos(opening?.amount_centavos ?? 0n));
    return { person, opening, amount, path: `/admin/subscribers/${person.id}` };
  },
  leave: ({ opening, path }) => opening?.side === "credit" ? null : `${path}/opening-balance`,
  permission: "opening_balance:write",
  audit: "opening_balance.taken_back",
  summary: "Take back opening credit",
  title: ({ t }) => t("payments.opening_title"),
  back: ({ loaded: { person, path } }) => ({ href: path, label: person.name }),
  question: ({ t, loaded: { person, amount } }) =>
    t("payments.opening_back_question", { name: person.name, amount }),
  tone: "danger",
  effect: ({ t, loaded: { person, amount } }) =>
    t("payments.opening_back_effect", { name: person.name, amount }),
  children: ({ t }) => <p>{t("payments.opening_back_note")}</p>,
  verb: ({ t, loaded: { amount } }) => t("payments.opening_back_verb", { amount }),
  submit: (_input, { call, loaded: { person } }) =>
    takeBackOpeningCredit(...call, { subscriberId: person.id }),
  done: (_value, { loaded: { path } }) => `${path}?done=opening_taken_back`,
});

export default question.page;
export const { handler, route } = question;
