import { define } from "@/web/app/state.ts";
import { NumberField } from "@/web/components/form/NumberField.tsx";
import { TextArea } from "@/web/components/form/TextField.tsx";
import { RETENTION } from "@/web/domain/privacy/limits.ts";
import { privacySettingsForm } from "@/web/route_table/privacy.ts";
import { savePrivacy } from "@/web/services/privacy/save_privacy.ts";
import { findConsentText } from "@/web/store/privacy/consents.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { shippedConsentTexts } from "../subscribers/(_parts)/consent_words.ts";

const form = define.form({
  input: privacySettingsForm,
  load: async (trx) => ({ tenant: await getTenant(trx), text: await findConsentText(trx) }),
  permission: "settings:write",
  audit: "settings.privacy_saved",
  summary: "What people agree to, and for how long what is known of them is kept",
  title: ({ t }) => t("privacy.settings_title"),
  back: ({ t }) => ({ href: "/admin/settings", label: t("settings.title") }),
  labels: {
    textEn: "privacy.settings_text_en",
    textFil: "privacy.settings_text_fil",
    taxYears: "privacy.settings_tax",
    mailDays: "privacy.settings_mails",
    openingDays: "privacy.settings_openings",
    securityDays: "privacy.settings_security",
  },
  values: ({ tenant, text }) => ({
    textEn: text?.text_en ?? shippedConsentTexts().textEn,
    textFil: text?.text_fil ?? shippedConsentTexts().textFil,
    taxYears: String(tenant.tax_years),
    mailDays: String(tenant.mail_days),
    openingDays: String(tenant.opening_days),
    securityDays: String(tenant.security_days),
  }),
  fields: ({ t, field }) => (
    <>
      <div lang="en">
        <TextArea {...field("textEn")} rows={4} />
      </div>
      <TextArea {...field("textFil")} rows={4} hint={t("privacy.settings_text_hint")} />
      <NumberField {...field("taxYears")} {...RETENTION.taxYears} hint={t("privacy.settings_tax_hint")} />
      <NumberField {...field("mailDays")} {...RETENTION.days} />
      <NumberField {...field("openingDays")} {...RETENTION.days} />
      <NumberField {...field("securityDays")} {...RETENTION.days} />
    </>
  ),
  verb: ({ t }) => t("privacy.settings_save"),
  submit: (input, { call }) => savePrivacy(...call, { ...input, shipped: shippedConsentTexts() }),
  done: () => "/admin/settings/company?done=saved",
});

export default form.page;
export const { handler, route } = form;
