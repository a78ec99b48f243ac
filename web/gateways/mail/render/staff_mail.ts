import { formatDate, localDate } from "@/shared/calendar/mod.ts";
import { formatPeso } from "@/shared/money/mod.ts";
import type { MailBrand } from "@/web/domain/mail/content.ts";
import { oneLine } from "@/web/domain/mail/one_line.ts";
import type { StaffOccasionWithParams, StaffParams } from "@/web/domain/mail/staff.ts";
import type { MailLanguage } from "@/web/domain/mail/types.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { type Translate, translator } from "@/web/messages/mod.ts";
import { paragraphsOf, subjectOf } from "./clean_text.ts";
import { htmlOf } from "./mail_html.tsx";
import { plainTextOf } from "./plain_text.ts";
import type { MailParts, RenderedMail } from "./render_mail.ts";

/** What a mail to one of the staff tells. */
export interface StaffMailFacts {
  /** Of whom it is to. */
  name: string;
  told: StaffOccasionWithParams;
  /** Where its button leads; null: it has none. */
  href: string | null;
  /** The company's. */
  zone: string;
  /** When its link runs out; null: never, or there is none. */
  goodUntil: Temporal.Instant | null;
}

/** A mail to one of the staff, in the company's look and the layout of its other mails. */
export function renderStaffMail(
  facts: StaffMailFacts,
  brand: MailBrand,
  language: MailLanguage,
): RenderedMail {
  const t = translator(language);
  const { head, subject, body, list, button } = sheetOf(facts, oneLine(brand.company), t);
  const until = facts.goodUntil === null
    ? []
    : [t("staff_mail.good_until", { at: momentText(facts.goodUntil, facts.zone, t) })];
  const parts: MailParts = {
    language,
    subject: subjectOf(subject),
    company: oneLine(brand.company),
    head: { label: head.label, value: oneLine(head.value) },
    paragraphs: paragraphsOf(`${t("staff_mail.hello", { name: oneLine(facts.name) })}\n\n${body}`),
    facts: list.filter(([, value]) => value !== "").map(([label, value]) => ({ label, value })),
    notes: [...until, ...(button === null ? [] : [t("staff_mail.our_host")])],
    button: button === null || facts.href === null ? null : { label: button, href: facts.href },
    waysToPay: null,
    contacts: [brand.address, brand.phone, brand.email].filter((line) => line !== null).map(oneLine)
      .filter((line) => line !== ""),
    wishes: null,
  };
  return { subject: parts.subject, html: htmlOf(parts, brand, {}), text: plainTextOf(parts) };
}

interface StaffSheet {
  subject: string;
  head: { label: string; value: string };
  /** Paragraphs apart by an empty line. */
  body: string;
  list: readonly (readonly [label: string, value: string])[];
  button: string | null;
}

function sheetOf({ told, zone }: StaffMailFacts, company: string, t: Translate): StaffSheet {
  switch (told.occasion) {
    case "staff_invited":
      return {
        subject: t("staff_mail.invited_subject", { company }),
        head: { label: t("staff_mail.invited_head"), value: company },
        body: t("staff_mail.invited_body", { inviter: oneLine(told.params.inviter), company }),
        list: [[t("staff_mail.roles"), oneLine(told.params.roles.join(", "))]],
        button: t("staff_mail.invited_button"),
      };
    case "password_reset":
      return {
        subject: t("staff_mail.reset_subject"),
        head: { label: t("staff_mail.reset_head"), value: company },
        body: told.params.madeBy === null
          ? t("staff_mail.reset_body_asked")
          : t("staff_mail.reset_body_made", { name: oneLine(told.params.madeBy) }),
        list: [],
        button: t("staff_mail.reset_button"),
      };
    case "new_device":
      return {
        subject: t("staff_mail.device_subject"),
        head: {
          label: t("staff_mail.device_head"),
          value: deviceText(told.params, t),
        },
        body: t("staff_mail.device_body"),
        list: [
          [t("staff_mail.device_when"), momentText(Temporal.Instant.from(told.params.signedInAt), zone, t)],
          [t("staff_mail.device_where"), oneLine(told.params.place)],
        ],
        button: t("staff_mail.device_button"),
      };
    case "account_changed": {
      const { what, by, place, changedAt } = told.params;
      return {
        subject: t("staff_mail.changed_subject", { what }),
        head: { label: t("staff_mail.changed_head"), value: t("staff_mail.changed_what", { what }) },
        body: t("staff_mail.changed_body", { what }),
        list: [
          [t("staff_mail.changed_by"), oneLine(by ?? t("staff_mail.changed_by_you"))],
          [t("staff_mail.device_when"), momentText(Temporal.Instant.from(changedAt), zone, t)],
          [t("staff_mail.device_where"), oneLine(place ?? t("staff_mail.changed_at_server"))],
        ],
        button: t("staff_mail.device_button"),
      };
    }
    case "approval_asked":
      return {
        subject: t("staff_mail.asked_subject", { what: wordsOf(told.params, t) }),
        head: { label: t("staff_mail.asked_head"), value: wordsOf(told.params, t) },
        body: t("staff_mail.asked_body", { name: oneLine(told.params.requester) }),
        list: approvalFacts(told.params, t),
        button: t("staff_mail.asked_button"),
      };
    case "approval_decided":
      return decidedSheet(told.params, t);
  }
}

function decidedSheet(params: StaffParams<"approval_decided">, t: Translate): StaffSheet {
  const { decision, decider, note } = params;
  const what = wordsOf(params, t);
  return {
    subject: t("staff_mail.decided_subject", { what, decision }),
    head: { label: t("staff_mail.decided_head", { decision }), value: what },
    body: decider === null
      ? t("staff_mail.decided_body_alone", { decision })
      : t("staff_mail.decided_body", { name: oneLine(decider), decision }),
    list: [
      ...approvalFacts(params, t),
      [t("staff_mail.note"), oneLine(storedText(t, note ?? ""))],
    ],
    button: t("staff_mail.decided_button"),
  };
}

function approvalFacts(
  { amountCentavos, requester, reason }: StaffParams<"approval_asked">,
  t: Translate,
): [string, string][] {
  return [
    [t("staff_mail.amount"), amountCentavos === null ? "" : formatPeso(amountCentavos)],
    [t("staff_mail.requester"), oneLine(requester)],
    [t("staff_mail.reason"), oneLine(reason ?? "")],
  ];
}

/** What is asked for, which may be a stored code. */
function wordsOf({ what }: { what: string }, t: Translate): string {
  return oneLine(storedText(t, what));
}

/** `Thu, 26 Nov 2026, 14:02` in the company's zone. */
function momentText(at: Temporal.Instant, zone: string, t: Translate): string {
  const time = at.toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit: "minute" });
  return `${formatDate(localDate(at, zone), t.locale)}, ${time}`;
}

function deviceText({ browser, system }: StaffParams<"new_device">, t: Translate): string {
  if (browser !== null && system !== null) return t("access.device", { browser, system });
  return browser ?? system ?? t("staff_mail.device_unknown");
}
