import { IntlMessageFormat } from "intl-messageformat";
import enShell from "./en/shell.json" with { type: "json" };
import enSecurity from "./en/security.json" with { type: "json" };
import enAccess from "./en/access.json" with { type: "json" };
import enWords from "./en/words.json" with { type: "json" };
import enSetup from "./en/setup.json" with { type: "json" };
import enSettings from "./en/settings.json" with { type: "json" };
import enToday from "./en/today.json" with { type: "json" };
import enTonight from "./en/tonight.json" with { type: "json" };
import enSubscribers from "./en/subscribers.json" with { type: "json" };
import enTables from "./en/tables.json" with { type: "json" };
import enFind from "./en/find.json" with { type: "json" };
import enStates from "./en/states.json" with { type: "json" };
import enLive from "./en/live.json" with { type: "json" };
import enTour from "./en/tour.json" with { type: "json" };
import enMailbox from "./en/mailbox.json" with { type: "json" };
import enBills from "./en/bills.json" with { type: "json" };
import enPayments from "./en/payments.json" with { type: "json" };
import enCorrections from "./en/corrections.json" with { type: "json" };
import enNetwork from "./en/network.json" with { type: "json" };
import enMailServer from "./en/mail_server.json" with { type: "json" };
import enAgents from "./en/agents.json" with { type: "json" };
import enImport from "./en/import.json" with { type: "json" };
import enRuns from "./en/runs.json" with { type: "json" };
import enBooks from "./en/books.json" with { type: "json" };
import enClock from "./en/clock.json" with { type: "json" };
import enPlans from "./en/plans.json" with { type: "json" };
import enPrices from "./en/prices.json" with { type: "json" };
import enOutages from "./en/outages.json" with { type: "json" };
import enPrepaid from "./en/prepaid.json" with { type: "json" };
import enPayers from "./en/payers.json" with { type: "json" };
import enAccount from "./en/account.json" with { type: "json" };
import enReminders from "./en/reminders.json" with { type: "json" };
import enReports from "./en/reports.json" with { type: "json" };
import enMailing from "./en/mailing.json" with { type: "json" };
import enStaffMail from "./en/staff_mail.json" with { type: "json" };
import enPublicBill from "./en/public_bill.json" with { type: "json" };
import enMailTexts from "./en/mail_texts.json" with { type: "json" };
import enMailWishes from "./en/mail_wishes.json" with { type: "json" };
import enPermissions from "./en/permissions.json" with { type: "json" };
import enStatements from "./en/statements.json" with { type: "json" };
import enLog from "./en/log.json" with { type: "json" };
import enStaff from "./en/staff.json" with { type: "json" };
import enAudit from "./en/audit.json" with { type: "json" };
import enAuditActions from "./en/audit_actions.json" with { type: "json" };
import enDeliveries from "./en/deliveries.json" with { type: "json" };
import filShell from "./fil/shell.json" with { type: "json" };
import filSecurity from "./fil/security.json" with { type: "json" };
import filAccess from "./fil/access.json" with { type: "json" };
import filWords from "./fil/words.json" with { type: "json" };
import filSetup from "./fil/setup.json" with { type: "json" };
import filSettings from "./fil/settings.json" with { type: "json" };
import filToday from "./fil/today.json" with { type: "json" };
import filTonight from "./fil/tonight.json" with { type: "json" };
import filSubscribers from "./fil/subscribers.json" with { type: "json" };
import filTables from "./fil/tables.json" with { type: "json" };
import filFind from "./fil/find.json" with { type: "json" };
import filStates from "./fil/states.json" with { type: "json" };
import filLive from "./fil/live.json" with { type: "json" };
import filTour from "./fil/tour.json" with { type: "json" };
import filMailbox from "./fil/mailbox.json" with { type: "json" };
import filBills from "./fil/bills.json" with { type: "json" };
import filPayments from "./fil/payments.json" with { type: "json" };
import filCorrections from "./fil/corrections.json" with { type: "json" };
import filNetwork from "./fil/network.json" with { type: "json" };
import filMailServer from "./fil/mail_server.json" with { type: "json" };
import filAgents from "./fil/agents.json" with { type: "json" };
import filImport from "./fil/import.json" with { type: "json" };
import filRuns from "./fil/runs.json" with { type: "json" };
import filBooks from "./fil/books.json" with { type: "json" };
import filClock from "./fil/clock.json" with { type: "json" };
import filPlans from "./fil/plans.json" with { type: "json" };
import filPrices from "./fil/prices.json" with { type: "json" };
import filOutages from "./fil/outages.json" with { type: "json" };
import filPrepaid from "./fil/prepaid.json" with { type: "json" };
import filPayers from "./fil/payers.json" with { type: "json" };
import filAccount from "./fil/account.json" with { type: "json" };
import filReminders from "./fil/reminders.json" with { type: "json" };
import filReports from "./fil/reports.json" with { type: "json" };
import filMailing from "./fil/mailing.json" with { type: "json" };
import filStaffMail from "./fil/staff_mail.json" with { type: "json" };
import filPublicBill from "./fil/public_bill.json" with { type: "json" };
import filMailTexts from "./fil/mail_texts.json" with { type: "json" };
import filMailWishes from "./fil/mail_wishes.json" with { type: "json" };
import filPermissions from "./fil/permissions.json" with { type: "json" };
import filStatements from "./fil/statements.json" with { type: "json" };
import filLog from "./fil/log.json" with { type: "json" };
import filStaff from "./fil/staff.json" with { type: "json" };
import filAudit from "./fil/audit.json" with { type: "json" };
import filAuditActions from "./fil/audit_actions.json" with { type: "json" };
import filDeliveries from "./fil/deliveries.json" with { type: "json" };
import enCodesAccess from "./en/codes_access.json" with { type: "json" };
import enCodesApprovals from "./en/codes_approvals.json" with { type: "json" };
import enApprovals from "./en/approvals.json" with { type: "json" };
import enCodesBilling from "./en/codes_billing.json" with { type: "json" };
import enCodesBounces from "./en/codes_bounces.json" with { type: "json" };
import enCodesCuts from "./en/codes_cuts.json" with { type: "json" };
import enCodesDeliveries from "./en/codes_deliveries.json" with { type: "json" };
import enCodesDemo from "./en/codes_demo.json" with { type: "json" };
import enCodesFields from "./en/codes_fields.json" with { type: "json" };
import enCodesImports from "./en/codes_imports.json" with { type: "json" };
import enCodesLive from "./en/codes_live.json" with { type: "json" };
import enCodesMailServer from "./en/codes_mail_server.json" with { type: "json" };
import enCodesMailTexts from "./en/codes_mail_texts.json" with { type: "json" };
import enCodesLog from "./en/codes_log.json" with { type: "json" };
import enCodesNetwork from "./en/codes_network.json" with { type: "json" };
import enCodesPayers from "./en/codes_payers.json" with { type: "json" };
import enCodesPayments from "./en/codes_payments.json" with { type: "json" };
import enCodesSettings from "./en/codes_settings.json" with { type: "json" };
import enCodesSubscribers from "./en/codes_subscribers.json" with { type: "json" };
import filCodesAccess from "./fil/codes_access.json" with { type: "json" };
import filCodesApprovals from "./fil/codes_approvals.json" with { type: "json" };
import filApprovals from "./fil/approvals.json" with { type: "json" };
import filCodesBilling from "./fil/codes_billing.json" with { type: "json" };
import filCodesBounces from "./fil/codes_bounces.json" with { type: "json" };
import filCodesCuts from "./fil/codes_cuts.json" with { type: "json" };
import filCodesDeliveries from "./fil/codes_deliveries.json" with { type: "json" };
import filCodesDemo from "./fil/codes_demo.json" with { type: "json" };
import filCodesFields from "./fil/codes_fields.json" with { type: "json" };
import filCodesImports from "./fil/codes_imports.json" with { type: "json" };
import filCodesLive from "./fil/codes_live.json" with { type: "json" };
import filCodesMailServer from "./fil/codes_mail_server.json" with { type: "json" };
import filCodesMailTexts from "./fil/codes_mail_texts.json" with { type: "json" };
import filCodesLog from "./fil/codes_log.json" with { type: "json" };
import filCodesNetwork from "./fil/codes_network.json" with { type: "json" };
import filCodesPayers from "./fil/codes_payers.json" with { type: "json" };
import filCodesPayments from "./fil/codes_payments.json" with { type: "json" };
import filCodesSettings from "./fil/codes_settings.json" with { type: "json" };
import filCodesSubscribers from "./fil/codes_subscribers.json" with { type: "json" };

/** Languages of the staff's pages. The terms of the trade (bill, plan, router) stay English in both. */
export const LOCALES = ["en", "fil"] as const;
export type Locale = (typeof LOCALES)[number];
/** Each language by its own name. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: "English", fil: "Filipino" };

/** English is the source: its keys are the keys. One file per part of the product, flat, `part.name`. */
export const ENGLISH = {
  ...enShell,
  ...enAccess,
  ...enSecurity,
  ...enWords,
  ...enSetup,
  ...enSettings,
  ...enToday,
  ...enTonight,
  ...enSubscribers,
  ...enTables,
  ...enFind,
  ...enStates,
  ...enLive,
  ...enTour,
  ...enMailbox,
  ...enBills,
  ...enPayments,
  ...enCorrections,
  ...enNetwork,
  ...enMailServer,
  ...enAgents,
  ...enImport,
  ...enRuns,
  ...enBooks,
  ...enClock,
  ...enPlans,
  ...enPrices,
  ...enOutages,
  ...enPrepaid,
  ...enPayers,
  ...enAccount,
  ...enReminders,
  ...enReports,
  ...enMailing,
  ...enStaffMail,
  ...enPublicBill,
  ...enMailTexts,
  ...enMailWishes,
  ...enPermissions,
  ...enStatements,
  ...enLog,
  ...enStaff,
  ...enAudit,
  ...enAuditActions,
  ...enDeliveries,
  ...enCodesAccess,
  ...enCodesApprovals,
  ...enApprovals,
  ...enCodesBilling,
  ...enCodesBounces,
  ...enCodesCuts,
  ...enCodesDeliveries,
  ...enCodesDemo,
  ...enCodesFields,
  ...enCodesImports,
  ...enCodesLive,
  ...enCodesMailServer,
  ...enCodesMailTexts,
  ...enCodesLog,
  ...enCodesNetwork,
  ...enCodesPayers,
  ...enCodesPayments,
  ...enCodesSettings,
  ...enCodesSubscribers,
};
export type MessageKey = keyof typeof ENGLISH;

/** What is missing here is shown in English, and fails the test beside this file. */
export const FILIPINO: Partial<Record<MessageKey, string>> = {
  ...filShell,
  ...filAccess,
  ...filSecurity,
  ...filWords,
  ...filSetup,
  ...filSettings,
  ...filToday,
  ...filTonight,
  ...filSubscribers,
  ...filTables,
  ...filFind,
  ...filStates,
  ...filLive,
  ...filTour,
  ...filMailbox,
  ...filBills,
  ...filPayments,
  ...filCorrections,
  ...filNetwork,
  ...filMailServer,
  ...filAgents,
  ...filImport,
  ...filRuns,
  ...filBooks,
  ...filClock,
  ...filPlans,
  ...filPrices,
  ...filOutages,
  ...filPrepaid,
  ...filPayers,
  ...filAccount,
  ...filReminders,
  ...filReports,
  ...filMailing,
  ...filStaffMail,
  ...filPublicBill,
  ...filMailTexts,
  ...filMailWishes,
  ...filPermissions,
  ...filStatements,
  ...filLog,
  ...filStaff,
  ...filAudit,
  ...filAuditActions,
  ...filDeliveries,
  ...filCodesAccess,
  ...filCodesApprovals,
  ...filApprovals,
  ...filCodesBilling,
  ...filCodesBounces,
  ...filCodesCuts,
  ...filCodesDeliveries,
  ...filCodesDemo,
  ...filCodesFields,
  ...filCodesImports,
  ...filCodesLive,
  ...filCodesMailServer,
  ...filCodesMailTexts,
  ...filCodesLog,
  ...filCodesNetwork,
  ...filCodesPayers,
  ...filCodesPayments,
  ...filCodesSettings,
  ...filCodesSubscribers,
};

const TEXTS: Record<Locale, Partial<Record<MessageKey, string>>> = { en: ENGLISH, fil: FILIPINO };

/** Values of a message's placeholders. Money and dates come formatted; only counts are numbers (ICU plural). */
export type MessageValues = Readonly<Record<string, string | number>>;

/** Gives the text of a message (ICU syntax) in one language. */
export interface Translate {
  (key: MessageKey, values?: MessageValues): string;
  /** The language, for what is written without a message: dates. */
  readonly locale: Locale;
}

const translators = new Map<Locale, Translate>();

/** The texts of one language; parsed once per message. */
export function translator(locale: Locale): Translate {
  const known = translators.get(locale);
  if (known !== undefined) return known;
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  const text = (key: MessageKey, values?: MessageValues) => {
    const source = TEXTS[locale][key] ?? ENGLISH[key];
    if (values === undefined && !source.includes("{") && !source.includes("'")) return source;
    let message = parsed.get(key);
    if (message === undefined) parsed.set(key, message = new IntlMessageFormat(source, locale));
    return String(message.format(values));
  };
  const translate: Translate = Object.assign(text, { locale });
  translators.set(locale, translate);
  return translate;
}

/** The fixed words of files and logs, whoever reads them. */
export const ENGLISH_WORDS: Translate = translator("en");

/** The language of a stored preference; null when it is none of ours. */
export function parseLocale(value: unknown): Locale | null {
  return LOCALES.find((locale) => locale === value) ?? null;
}

/** The first of our languages in an Accept-Language header; browsers send Filipino as `fil` or `tl`. */
export function preferredLocale(acceptLanguage: string | null): Locale {
  for (const part of (acceptLanguage ?? "").split(",")) {
    const language = part.trim().slice(0, 3).toLowerCase().replace(/[-;].*$/, "");
    if (language === "fil" || language === "tl") return "fil";
    if (language === "en") return "en";
  }
  return "en";
}
