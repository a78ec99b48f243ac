/** Whose mail server it is: a provider whose values are known, or one of the company's own. */
export const MAIL_PRESETS = ["gmail", "microsoft365", "zoho", "brevo", "ses", "own"] as const;
export type MailPreset = (typeof MAIL_PRESETS)[number];

/** What a preset fills in. */
export interface PresetValues {
  host: string;
  port: number;
  encryption: "starttls" | "tls";
  /** The provider's own limit; null where it depends on the plan. */
  hourlyMax: number | null;
  dailyMax: number | null;
  /** Where a login without a password gets its tokens; empty where the provider has none. */
  tokenUrl: string;
}

/**
 * As the providers said in January 2026. Limits are those of the smallest account: Gmail 500 a day (Workspace 2,000),
 * Microsoft 365 30 a minute and 10,000 recipients a day, Brevo 300 a day, Amazon SES 200 a day in its sandbox.
 */
export const PRESET_VALUES: Readonly<Record<MailPreset, PresetValues>> = {
  gmail: {
    host: "smtp.gmail.com",
    port: 587,
    encryption: "starttls",
    hourlyMax: null,
    dailyMax: 500,
    tokenUrl: "https://oauth2.googleapis.com/token",
  },
  microsoft365: {
    host: "smtp.office365.com",
    port: 587,
    encryption: "starttls",
    hourlyMax: 1800,
    dailyMax: 10_000,
    tokenUrl: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
  },
  zoho: {
    host: "smtp.zoho.com",
    port: 465,
    encryption: "tls",
    hourlyMax: null,
    dailyMax: null,
    tokenUrl: "",
  },
  brevo: {
    host: "smtp-relay.brevo.com",
    port: 587,
    encryption: "starttls",
    hourlyMax: null,
    dailyMax: 300,
    tokenUrl: "",
  },
  ses: {
    host: "email-smtp.ap-southeast-1.amazonaws.com",
    port: 587,
    encryption: "starttls",
    hourlyMax: null,
    dailyMax: 200,
    tokenUrl: "",
  },
  own: { host: "", port: 587, encryption: "starttls", hourlyMax: null, dailyMax: null, tokenUrl: "" },
};

/**
 * Connections that a provider takes at once: Microsoft 365 says three; of the others none is known to mind five. A server
 * of one's own takes as many as are used, and says so where it does not.
 */
const CONNECTIONS_MAX: Readonly<Record<MailPreset, number>> = {
  gmail: 5,
  microsoft365: 3,
  zoho: 5,
  brevo: 5,
  ses: 5,
  own: 10,
};

/** How many connections at once a mail server is known to take, whichever way it was typed in. */
export function connectionsMaxOf(server: { preset: MailPreset; host: string }): number {
  return CONNECTIONS_MAX[providerOf(server)];
}

/** How many mails a server is known to take in a minute; null: it says none. */
export function minuteMaxOf(server: { preset: MailPreset; host: string }): number | null {
  return providerOf(server) === "microsoft365" ? 30 : null;
}

function providerOf({ preset, host }: { preset: MailPreset; host: string }): MailPreset {
  if (endsPasswords(host)) return "microsoft365";
  return MAIL_PRESETS.find((name) => PRESET_VALUES[name].host === host.toLowerCase()) ?? preset;
}

/** Whether a server is known to end sign-ins with a password: Microsoft 365 answers them with 5.7.30. */
export function endsPasswords(host: string): boolean {
  return /^smtp(-[a-z0-9-]+)?\.office365\.com\.?$/i.test(host);
}
