import { randomBytes } from "@/shared/crypto/mod.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { withScene } from "@/tests/support/scene.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import type { OutgoingMail, SmtpFailure, SmtpServer, SmtpTrial } from "@/web/gateways/mail/types.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { MailServerInput } from "@/web/services/mail/mail_input.ts";
import { openMailServer } from "@/web/services/mail/open_mail_server.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";

/** The password of {@linkcode GMAIL}, which nothing may show. */
export const PASSWORD = "canary-Passw0rd";

/** Settings as a company saves them. */
export const GMAIL: MailServerInput = {
  preset: "gmail",
  host: "smtp.gmail.com",
  port: 587,
  encryption: "by_port",
  auth: "password",
  username: "billing@isp.example",
  password: PASSWORD,
  clientId: null,
  clientSecret: null,
  refreshToken: null,
  tokenUrl: null,
  removeLogin: false,
  fromName: "Ilaya Net",
  fromAddress: "billing@isp.example",
  replyTo: null,
  hourlyMax: null,
  dailyMax: 500,
};

/** What a server was handed, and what it answers. */
export function smtpDouble(answer: SmtpTrial = { stoppedAt: null, failure: null, words: "250 2.0.0 OK" }) {
  const asked: { server: SmtpServer; mail: OutgoingMail }[] = [];
  return {
    asked,
    trySmtp: (server: SmtpServer, mail: OutgoingMail) => {
      asked.push({ server, mail });
      return Promise.resolve(answer);
    },
  };
}

/** A failure in the words of a server that gave no code. */
export function failure(problem: SmtpFailure["problem"], words: string): SmtpFailure {
  return { problem, words, code: null, status: null };
}

/** A provider that can save its mail server and open it. */
export function withMail(isp: Isp, more: Partial<ServiceContext> = {}) {
  const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
  const context: ServiceContext = { ...isp.context, masterKeys, ...more };
  const save = (change: Partial<MailServerInput> = {}, revision = 0) =>
    saveMail(context, isp.tenantId, isp.actor, { ...GMAIL, ...change, revision });
  const open = () => isp.run((trx) => openMailServer(trx, { masterKeys, reach: "anywhere" }));
  return { context, masterKeys, save, open };
}

/** The form of the page, filled with the same. */
export const FORM = {
  revision: "0",
  preset: "gmail",
  host: "smtp.gmail.com",
  port: "587",
  encryption: "by_port",
  auth: "password",
  username: "billing@isp.example",
  password: PASSWORD,
  fromName: "Ilaya Net",
  fromAddress: "billing@isp.example",
  replyTo: "",
  hourlyMax: "",
  dailyMax: "500",
  testTo: "ana@isp.example",
};

/** Works with the pages of a provider as its owner. */
export async function withPages(
  more: Partial<ServiceContext>,
  work: (scene: { isp: Isp; owner: PageUser; context: ServiceContext }) => Promise<void>,
): Promise<void> {
  await withScene("2026-02-15T10:00", async ({ isp }) => {
    const { context } = withMail(isp, more);
    const app = await createWebApp(context);
    await work({ isp, context, owner: await app.signIn(isp.tenantId, "Owner") });
  });
}

/** What stands in a field of a page. */
export const valueOf = (html: string, name: string) =>
  new RegExp(`name="${name}"[^>]*?value="([^"]*)"`).exec(html)?.[1] ??
    new RegExp(`value="([^"]*)"[^>]*?name="${name}"`).exec(html)?.[1];
