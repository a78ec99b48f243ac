import { secretOwner } from "@/shared/protocol/mod.ts";
import { define } from "@/web/app/state.ts";
import { Banner } from "@/web/components/facts/Banner.tsx";
import { TextField } from "@/web/components/form/TextField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { eraseForm } from "@/web/route_table/privacy.ts";
import { eraseSubscriber } from "@/web/services/privacy/erase_subscriber.ts";
import { blockerWords, loadErasure } from "../(_parts)/erasure.ts";

const question = define.question({
  params: idParams,
  input: eraseForm,
  load: (trx, { params: { id } }) => loadErasure(trx, id),
  permission: "privacy:erase",
  audit: "subscriber.erased",
  summary: "Erase a person, or write the request down",
  title: ({ t }) => t("privacy.erase"),
  back: ({ t, loaded: { person } }) => ({
    href: `/admin/subscribers/${person.id}/privacy`,
    label: t("privacy.title_of", { name: person.name }),
  }),
  labels: { reason: "privacy.reason" },
  values: () => ({ reason: "" }),
  hidden: ({ loaded }) => ({ waits: loaded.waits ? "yes" : "no" }),
  question: ({ t, loaded: { person, waits } }) =>
    waits
      ? t("privacy.ask_question", { name: person.name })
      : t("privacy.erase_question", { name: person.name }),
  effect: ({ t, loaded: { figures: { mails, entries } } }) => t("privacy.erase_effect", { mails, entries }),
  tone: "danger",
  above: ({ t, loaded: { blockers, waits } }) =>
    waits && (
      <Banner tone="warn" title={t("privacy.waits_title")}>
        <ul>{blockerWords(t, blockers).map((words) => <li key={words}>{words}</li>)}</ul>
        <p>{t("privacy.waits_note")}</p>
      </Banner>
    ),
  children: ({ t, field, loaded: { person, figures, tenant } }) => (
    <>
      <h3>{t("privacy.stays_title")}</h3>
      <ul>
        <li>
          {t("privacy.stays_books", {
            bills: figures.bills,
            payments: figures.payments,
            memos: figures.memos,
            account: person.account_number,
            years: tenant.tax_years,
          })}
        </li>
        <li>{t("privacy.stays_log")}</li>
        <li>{t("privacy.stays_backup")}</li>
        {figures.secrets.length > 0 && (
          <li>
            {t("privacy.stays_router")}
            <ul>
              {figures.secrets.map(({ subscription_id: id, ppp_name: ppp, router_name: router }) => (
                <li key={id}>{t("privacy.secret_on", { ppp, router, mark: secretOwner(id) })}</li>
              ))}
            </ul>
          </li>
        )}
      </ul>
      <TextField {...field("reason")} hint={t("privacy.reason_hint")} />
    </>
  ),
  verb: ({ t, loaded: { waits } }) => waits ? t("privacy.ask_verb") : t("privacy.erase_verb"),
  submit: ({ reason, waits }, { call, loaded }) =>
    eraseSubscriber(...call, { subscriberId: loaded.person.id, reason, waits: waits === "yes" }),
  done: (value, { loaded }) =>
    `/admin/subscribers/${loaded.person.id}/privacy?done=${value === "done" ? "erased" : value}`,
});

export default question.page;
export const { handler, route } = question;
