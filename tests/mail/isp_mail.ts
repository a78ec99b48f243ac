import { type MailSim, type MailSimOptions, startMailSim } from "@/sim/mail/mod.ts";

/** The mail server of a test's provider, without encryption unless it is asked for; its login is that of `serverOn`. */
export function startIspMail(options: MailSimOptions = {}): Promise<MailSim> {
  return startMailSim({ encryption: "none", login: { user: "isp", password: "good" }, ...options });
}

/** Logins that were tried, right or wrong. */
export function loginsAt({ counts }: MailSim): number {
  return counts.logins + counts.loginsRefused;
}

/** To whom mails came in, in their order. */
export function recipientsAt({ mailbox }: MailSim): string[] {
  return mailbox.list().flatMap(({ rcptTo }) => rcptTo);
}
