import { found } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { RadioCards, SelectField } from "@/web/components/form/SelectField.tsx";
import { idParams } from "@/web/route_table/fields.ts";
import { CONSENT_STATES, CONSENT_WAYS, consentForm } from "@/web/route_table/privacy.ts";
import { noteConsent } from "@/web/services/privacy/note_consent.ts";
import { findSubscriber } from "@/web/store/subscribers/subscribers.ts";
import { readConsentText } from "../(_parts)/consent_words.ts";

const form = define.form({
  params: idParams,
  input: consentForm,
  load: async (trx, { params: { id }, t }) => ({
    person: found(await findSubscriber(trx, id)),
    text: await readConsentText(trx, t),
  }),
  permission: "subscriber:write",
  audit: "subscriber.consent_set",
  summary: "Write down whether somebody agrees to be written to",
  title: ({ t }) => t("privacy.consent_title"),
  back: ({ t, loaded: { person } }) => ({
    href: `/admin/subscribers/${person.id}/privacy`,
    label: t("privacy.title_of", { name: person.name }),
  }),
  labels: { consent: "privacy.consent", way: "privacy.consent_way" },
  values: () => ({ consent: "", way: "paper" }),
  fields: ({ t, field, loaded }) => (
    <>
      <p class="note">{t("privacy.consent_note")}</p>
      <Card title={t("privacy.consent_text")}>
        <p>{loaded.text}</p>
      </Card>
      <RadioCards
        {...field("consent")}
        options={CONSENT_STATES.map((state) => ({
          value: state,
          label: t("privacy.consent_state", { state }),
        }))}
      />
      <SelectField
        {...field("way")}
        options={CONSENT_WAYS.map((way) => ({ value: way, label: t("privacy.way", { way }) }))}
      />
    </>
  ),
  verb: ({ t }) => t("privacy.consent_save"),
  submit: ({ consent, way }, { call, loaded }) =>
    noteConsent(...call, { subscriberId: loaded.person.id, state: consent, way }),
  done: (_value, { loaded }) => `/admin/subscribers/${loaded.person.id}/privacy?done=consent`,
});

export default form.page;
export const { handler, route } = form;
