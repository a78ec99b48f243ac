import { randomBytes } from "@/shared/crypto/mod.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import type { PageAnswer, WebApp } from "@/tests/support/web_app.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { PublicLinks } from "@/web/gateways/public_links/mod.ts";
import { composeMail } from "@/web/services/mail/compose_mail.ts";
import type { ComposedMail } from "@/web/services/mail/mail_parts.ts";
import type { MessageSubject } from "@/web/services/mail/read_mail_facts.ts";

const press = new StatementPress();

/** Addresses of the pages in a test. */
export function testLinks(): PublicLinks {
  return new PublicLinks({ secret: randomBytes(32), publicUrl: "http://linya.test" });
}

/** The mail of a message that somebody could have queued now. */
export async function composeNow(
  isp: Isp,
  links: PublicLinks,
  message: Partial<MessageSubject> & Pick<MessageSubject, "occasion" | "subscriber_id">,
): Promise<ComposedMail> {
  const at = isp.clock.now();
  return await isp.run((trx) =>
    composeMail(trx, { links, clock: isp.clock, press }, {
      tenant_id: isp.tenantId,
      id: crypto.randomUUID(),
      channel: "email",
      dedupe_key: crypto.randomUUID(),
      priority: 1,
      staff_user_id: null,
      to_name: null,
      path_sealed: null,
      bill_id: null,
      payment_id: null,
      memo_id: null,
      subscription_id: null,
      facts: {},
      state: "queued",
      reason: null,
      address: "juan@example.com",
      subject: null,
      message_id: null,
      attachment_sha256: null,
      server_words: null,
      attempts: 0,
      business_after_at: null,
      next_attempt_at: at,
      expires_at: null,
      data_begun_at: null,
      is_perhaps_double: false,
      created_at: at,
      created_on: at.toZonedDateTimeISO(isp.zone).toPlainDate(),
      created_by: "Scheduler",
      sent_at: null,
      queued_at: null,
      sent_after_audit: null,
      ...message,
    })
  );
}

/** Ids of a subscriber's bills, by number of the subscriber, in the order of their periods. */
export async function billsOf(isp: Isp, n: number): Promise<string[]> {
  const rows = await isp.run((trx) =>
    trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
      .where("subscriber_id", "=", isp.subscriberIds[n]!).orderBy("period_start").execute()
  );
  return rows.map(({ id }) => id);
}

/** Somebody without a session, from a network of their own. */
export async function visit(
  { handler }: WebApp,
  path: string,
  init: RequestInit = {},
): Promise<PageAnswer> {
  const response = await handler(new Request(`http://linya.test${path}`, init));
  const html = await response.text();
  return {
    status: response.status,
    location: response.headers.get("location") ?? "",
    html,
    text: html.replace(/<style[\s\S]*?<\/style>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " "),
    headers: response.headers,
  };
}

/** An address of the pages without its origin. */
export function pathOf(address: string): string {
  return new URL(address).pathname;
}
