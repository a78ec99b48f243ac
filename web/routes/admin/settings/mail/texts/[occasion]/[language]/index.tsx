import type { FormParts } from "@/web/app/form/define_form.tsx";
import type { FieldOf, FormView } from "@/web/app/form/form_types.ts";
import { may } from "@/web/app/frame/page_context.ts";
import { define } from "@/web/app/state.ts";
import { Card } from "@/web/components/facts/Card.tsx";
import { FactList } from "@/web/components/facts/FactList.tsx";
import { Button, LinkButton } from "@/web/components/form/Button.tsx";
import { TextArea, TextField } from "@/web/components/form/TextField.tsx";
import { Flash } from "@/web/components/frame/Flash.tsx";
import { Columns } from "@/web/components/frame/Layout.tsx";
import { textProblem, VARIABLES_OF } from "@/web/domain/mail/texts.ts";
import { codedText } from "@/web/messages/coded_text.ts";
import type { Translate } from "@/web/messages/mod.ts";
import { LOOKS, mailTextForm, textParams, textsQuery } from "@/web/route_table/mail_texts.ts";
import {
  type MailTextKey,
  readUsedText,
  saveMailText,
  textVersion,
  type UsedText,
} from "@/web/services/mail/mail_texts.ts";
import type { z } from "zod";

interface Loaded extends UsedText {
  key: MailTextKey;
  path: string;
  done: string | undefined;
}

type View = FormView<Loaded, FieldOf<typeof mailTextForm>>;

const form = define.form({
  params: textParams,
  query: textsQuery,
  input: mailTextForm,
  load: async (trx, { params: key, query: { done } }): Promise<Loaded> => ({
    ...await readUsedText(trx, key),
    key,
    path: `/admin/settings/mail/texts/${key.occasion}/${key.language}`,
    done,
  }),
  permission: "settings:write",
  readers: { permission: "settings:read", summary: "The text of a mail, with a preview" },
  audit: "settings.mail_text_saved",
  summary: "Save the text of a mail",
  title: ({ t, loaded }) => titleOf(t, loaded.key),
  back: ({ t }) => ({ href: "/admin/settings/mail/texts", label: t("mail_texts.title") }),
  labels: { subject: "mail_texts.subject", body: "mail_texts.body", who: "mail_texts.who" },
  values: ({ subject, body }) => ({ subject, body, who: "" }),
  edits: {
    subject: ({ path }) => path,
    version: (loaded) => textVersion(loaded),
    row: ({ subject, body }) => ({ subject, body }),
    saved: ({ own }) => own === null ? null : { by: own.saved_by, at: own.saved_at },
  },
  fields: ({ t, field }) => (
    <>
      <TextField {...field("subject")} />
      <TextArea {...field("body")} rows={10} hint={t("mail_texts.body_hint")} />
    </>
  ),
  verb: ({ t }) => t("mail_texts.save"),
  page: (view, parts) => <TextPage view={view} parts={parts} />,
  submit: ({ subject, body }, { call, loaded, seen, state: { t } }) => {
    const problems = problemsOf(t, loaded.key, { subject, body });
    if (problems !== null) return Promise.resolve({ problems });
    return saveMailText(...call, { ...loaded.key, subject, body, seen });
  },
  done: (_value, { loaded: { path } }) => `${path}?done=saved`,
});

export default form.page;
export const { handler, route } = form;

/** What is wrong with each field; null when nothing is. */
function problemsOf(
  t: Translate,
  { occasion }: MailTextKey,
  fields: Pick<z.output<typeof mailTextForm>, "subject" | "body">,
): Record<string, string> | null {
  const found = Object.entries(fields).flatMap(([name, text]) => {
    const problem = textProblem(text, occasion);
    return problem === null ? [] : [[name, codedText(t, problem)] as const];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

function titleOf(t: Translate, { occasion, language }: MailTextKey): string {
  return t("mail_texts.edit_of", {
    occasion: t(`deliveries.occasion_${occasion}`),
    language: t(`mail_texts.language_${language}`),
  });
}

function TextPage({ view, parts }: { view: View; parts: FormParts }) {
  const { t, state, loaded: { key, own, path, done } } = view;
  const mayWrite = may(state, "settings:write");
  return (
    <>
      {parts.header}
      <Flash
        done={done}
        messages={{ saved: t("mail_texts.done_saved"), reset: t("mail_texts.done_reset") }}
      />
      <Columns
        main={
          <>
            <Card>
              <form class="form" {...parts.attributes}>
                {parts.start}
                {parts.summary}
                {parts.fields}
                <div class="form-actions">
                  {mayWrite && <Button kind="primary">{t("mail_texts.save")}</Button>}
                  {mayWrite && own !== null && (
                    <LinkButton href={`${path}/reset`} dialog>{t("mail_texts.reset")}</LinkButton>
                  )}
                </div>
                <fieldset class="field">
                  <legend class="label">{t("mail_texts.preview")}</legend>
                  <div class="stack">
                    {may(state, "subscriber:read") && may(state, "bill:read") && (
                      <TextField {...view.field("who")} required={false} hint={t("mail_texts.who_hint")} />
                    )}
                    <div class="cluster">
                      {LOOKS.map((look) => (
                        <button
                          key={look}
                          class="button"
                          type="submit"
                          name="look"
                          value={look}
                          formaction={`${path}/preview`}
                          formtarget="preview"
                          formnovalidate
                        >
                          {t(`mail_texts.look_${look}`)}
                        </button>
                      ))}
                    </div>
                    <div class="hint">{t("mail_texts.preview_hint")}</div>
                  </div>
                </fieldset>
              </form>
            </Card>
            <Card title={t("mail_texts.variables")}>
              <FactList
                facts={VARIABLES_OF[key.occasion].map((name) => ({
                  label: <span class="mono" data-variables>{`{${name}}`}</span>,
                  value: t(`mail_texts.variable_${name}`),
                }))}
              />
            </Card>
          </>
        }
        side={
          <iframe
            class="mail-preview"
            name="preview"
            title={t("mail_texts.frame")}
            src={`${path}/preview`}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
          />
        }
      />
    </>
  );
}
