import { noFields } from "@/web/app/form/no_fields.ts";
import { define } from "@/web/app/state.ts";
import { textParams } from "@/web/route_table/mail_texts.ts";
import { readUsedText, resetMailText } from "@/web/services/mail/mail_texts.ts";

const question = define.question({
  params: textParams,
  input: noFields,
  load: async (trx, { params: key, t }) => ({
    ...await readUsedText(trx, key),
    key,
    path: `/admin/settings/mail/texts/${key.occasion}/${key.language}`,
    names: {
      occasion: t(`deliveries.occasion_${key.occasion}`),
      language: t(`mail_texts.language_${key.language}`),
    },
  }),
  leave: ({ own, path }) => own === null ? path : null,
  permission: "settings:write",
  audit: "settings.mail_text_reset",
  summary: "Use the shipped text of a mail again",
  title: ({ t }) => t("mail_texts.reset"),
  back: ({ t, loaded: { path, names } }) => ({ href: path, label: t("mail_texts.edit_of", names) }),
  question: ({ t, loaded: { names } }) => t("mail_texts.reset_question", names),
  effect: ({ t }) => t("mail_texts.reset_effect"),
  verb: ({ t }) => t("mail_texts.reset"),
  submit: (_input, { call, loaded: { key } }) => resetMailText(...call, key),
  done: (_value, { loaded: { path } }) => `${path}?done=reset`,
});

export default question.page;
export const { handler, route } = question;
