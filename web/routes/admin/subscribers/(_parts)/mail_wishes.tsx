import type { FormView } from "@/web/app/form/form_types.ts";
import type { PageMoment } from "@/web/app/frame/page_context.ts";
import { actorText } from "@/web/app/words/actor_words.ts";
import type { Fact } from "@/web/components/facts/FactList.tsx";
import { SelectField } from "@/web/components/form/SelectField.tsx";
import { MAIL_LANGUAGES, type MailLanguage, MAILS_WANTED } from "@/web/domain/mail/types.ts";
import { formatInstant } from "@/web/format.ts";
import type { Translate } from "@/web/messages/mod.ts";
import type { ConsentRow } from "@/web/store/mail/wishes.ts";
import type { SubscriberRow } from "@/web/store/subscribers/subscribers.ts";

/** What the fields of the mails that somebody wants are called. */
export const MAIL_WISH_LABELS = {
  mailLanguage: "mail_wishes.language",
  mailWanted: "mail_wishes.wanted",
} as const;

interface MailWishFieldsProps {
  form: Pick<FormView<unknown, "mailLanguage" | "mailWanted">, "field" | "t">;
  companyLanguage: MailLanguage;
}

/** In which language, and which mails. */
export function MailWishFields({ form: { field, t }, companyLanguage }: MailWishFieldsProps) {
  const company = t("mail_wishes.language_company", {
    language: t(`mail_texts.language_${companyLanguage}`),
  });
  return (
    <div class="form-row">
      <SelectField
        {...field("mailLanguage")}
        options={[
          { value: "", label: company },
          ...MAIL_LANGUAGES.map((language) => ({
            value: language,
            label: t(`mail_texts.language_${language}`),
          })),
        ]}
      />
      <SelectField
        {...field("mailWanted")}
        options={MAILS_WANTED.map((value) => ({ value, label: t(`mail_wishes.wanted_${value}`) }))}
        hint={t("mail_wishes.wanted_hint")}
      />
    </div>
  );
}

/** The same on the subscriber's page, with who said so. */
export function mailWishFacts(
  t: Translate,
  { subscriber, consent, moment }: {
    subscriber: Pick<SubscriberRow, "language" | "mail_wanted">;
    consent: ConsentRow | null;
    moment: PageMoment;
  },
): Fact[] {
  const language = subscriber.language ?? moment.tenant.subscriber_language;
  const said = consent === null ? null : saidBy(t, consent, moment.zone);
  return [
    {
      label: t("mail_wishes.wanted"),
      value: (
        <>
          {`${t(`mail_wishes.wanted_${subscriber.mail_wanted}`)} · ${t(`mail_texts.language_${language}`)}`}
          {said !== null && <div class="note">{said}</div>}
        </>
      ),
    },
  ];
}

function saidBy(t: Translate, { source, said_at: at, said_by: name }: ConsentRow, zone: string): string {
  return t(`mail_wishes.said_${source}`, { name: actorText(t, name), day: formatInstant(at, zone, t) });
}
