import assert from "node:assert/strict";
import pg from "pg";
import { PERSON_MAX, REASON_MAX, ROLE_MAX } from "@/web/domain/access/limits.ts";
import { PASSKEY_NAME_MAX } from "@/web/domain/access/second_factor.ts";
import { MAIL_TEXT_MAX } from "@/web/domain/mail/limits.ts";
import { MAIL_MAX } from "@/web/domain/mail/server_rules.ts";
import { OUTAGE_CAUSE_MAX, PLAN_MAX } from "@/web/domain/billing/limits.ts";
import { ROUTER_MAX, SITE_MAX } from "@/web/domain/network/limits.ts";
import { CONSENT_TEXT_MAX } from "@/web/domain/privacy/limits.ts";
import { CHARGE_MAX, PAYMENT_MAX } from "@/web/domain/payments/limits.ts";
import { COMPANY_MAX, REGISTRATION_MAX, VIEW_MAX } from "@/web/domain/settings/limits.ts";
import { CONTACT_MAX } from "@/web/domain/subscribers/limits.ts";
import { MAX_NAME_LENGTH, MAX_READ_NAME_LENGTH } from "@/shared/protocol/mod.ts";
import { createTestDatabase } from "./support/postgres.ts";

/** Every text that people type and the database keeps, with the one owner of its limit. */
const OWNERS: Readonly<Record<string, number>> = {
  "approval_requests.note": REASON_MAX,
  "approval_requests.reason": REASON_MAX,
  "decision_batches.note": REASON_MAX,
  "bills.bir_invoice_no": CHARGE_MAX.birInvoiceNo,
  "consent_texts.text_en": CONSENT_TEXT_MAX,
  "consent_texts.text_fil": CONSENT_TEXT_MAX,
  "credit_memos.reason": REASON_MAX,
  "credit_memos.void_reason": REASON_MAX,
  "cut_exclusions.reason": REASON_MAX,
  "subscription_prices.reason": REASON_MAX,
  "disputes.note": REASON_MAX,
  "disputes.reason": REASON_MAX,
  "erasures.reason": REASON_MAX,
  "holds.reason": REASON_MAX,
  "import_rows.name": CONTACT_MAX.name,
  "import_rows.phone": CONTACT_MAX.phone,
  "import_rows.ppp_name": MAX_READ_NAME_LENGTH,
  "import_rows.profile": MAX_READ_NAME_LENGTH,
  "mail_servers.from_address": MAIL_MAX.address,
  "mail_servers.from_name": MAIL_MAX.fromName,
  "mail_servers.host": MAIL_MAX.host,
  "mail_servers.oauth_client_id": MAIL_MAX.clientId,
  "mail_servers.oauth_token_url": MAIL_MAX.tokenUrl,
  "mail_servers.reply_to": MAIL_MAX.address,
  "mail_servers.username": MAIL_MAX.username,
  "mail_texts.body": MAIL_TEXT_MAX.body,
  "mail_texts.subject": MAIL_TEXT_MAX.subject,
  "outages.cause": OUTAGE_CAUSE_MAX,
  "outages.take_back_reason": REASON_MAX,
  "payments.note": PAYMENT_MAX.note,
  "payments.reference": PAYMENT_MAX.reference,
  "plans.name": PLAN_MAX.name,
  "plans.ppp_profile": PLAN_MAX.pppProfile,
  "plans.speed": PLAN_MAX.speed,
  "service_ends.note": REASON_MAX,
  "service_ends.reason": REASON_MAX,
  "refunds.reason": REASON_MAX,
  "refunds.reference": PAYMENT_MAX.reference,
  "refunds.reverse_reason": REASON_MAX,
  "roles.name": ROLE_MAX.name,
  "routers.host": ROUTER_MAX.host,
  "routers.name": ROUTER_MAX.name,
  "routers.username": ROUTER_MAX.username,
  "saved_views.name": VIEW_MAX.name,
  "saved_views.query": VIEW_MAX.query,
  "sites.name": SITE_MAX.name,
  "staff_invites.email": PERSON_MAX.email,
  "staff_invites.name": PERSON_MAX.name,
  "staff_passkeys.name": PASSKEY_NAME_MAX,
  "staff_users.email": PERSON_MAX.email,
  "staff_users.name": PERSON_MAX.name,
  "subscribers.address": CONTACT_MAX.address,
  "subscribers.barangay": CONTACT_MAX.barangay,
  "subscribers.city": CONTACT_MAX.city,
  "subscribers.email": CONTACT_MAX.email,
  "subscribers.name": CONTACT_MAX.name,
  "subscribers.notes": CONTACT_MAX.notes,
  "subscribers.phone": CONTACT_MAX.phone,
  "tenants.address": COMPANY_MAX.address,
  "tenants.email": COMPANY_MAX.email,
  "tenants.name": COMPANY_MAX.name,
  "tenants.phone": COMPANY_MAX.phone,
  "tenants.registered_name": REGISTRATION_MAX.registeredName,
  "tenants.tin": REGISTRATION_MAX.tin,
  "tenants.ways_to_pay": COMPANY_MAX.waysToPay,
  // The longest name that an agent may send.
  "subscriptions.ppp_name": 128,
};

/** Tables and columns that machines write, not people. */
const OF_MACHINES =
  /\.refused_|^audit_|security_events\.|^system_log\.|^mail_(messages|refusals|senders)\.|^tenant_keys\.|^agent|^router_(states|hand_changes)\.|^observed_|^ppp_profiles\.|^command|^sign_in_steps\.|^staff_passkeys\.(credential_id|rp_id)|^erasures\.(?!reason)/;

Deno.test("every length that the database checks is the one of web/domain, and every limit is checked", async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`
      select c.conrelid::regclass::text as table, pg_get_constraintdef(c.oid) as check, c.convalidated
      from pg_constraint c where c.contype = 'c' and c.connamespace = 'public'::regnamespace
        and pg_get_constraintdef(c.oid) ~ '\\mlength\\('`);
    const found = rows.map((row) => {
      const column = /\blength\((\w+)\)/.exec(row.check)?.[1];
      const most = /<= (\d+)/.exec(row.check)?.[1];
      assert.ok(row.convalidated, row.check);
      return [`${row.table}.${column}`, Number(most)] as const;
    });
    const typed = found.filter(([column]) => !OF_MACHINES.test(column));
    assert.deepEqual(
      Object.fromEntries(typed.toSorted(([a], [b]) => a < b ? -1 : 1)),
      Object.fromEntries(Object.entries(OWNERS).toSorted(([a], [b]) => a < b ? -1 : 1)),
    );
  } finally {
    await client.end();
  }
});

Deno.test("a plan's profile and a PPP user are as long as the agent's protocol carries, and not longer", () => {
  assert.equal(PLAN_MAX.pppProfile, MAX_NAME_LENGTH);
  assert.equal(OWNERS["subscriptions.ppp_name"], MAX_NAME_LENGTH);
});

/** Fields of people on pages and in route inputs: no length may stand there as a figure. */
Deno.test("no page and no route input has a length of its own", async () => {
  const offences: string[] = [];
  for (const folder of ["web/routes", "web/route_table", "web/components", "web/app"]) {
    for await (const path of walk(folder)) {
      const source = await Deno.readTextFile(path);
      for (
        const [line] of source.matchAll(
          /.*(?:maxLength=\{\d|maxlength=\{\d|(?:formText|optionalText)\(\d).*/g,
        )
      ) {
        if (!OTHER_TEXTS.some((other) => line.includes(other))) offences.push(`${path}: ${line.trim()}`);
      }
    }
  }
  assert.deepEqual(offences, []);
});

/** Texts that are a key, an hour, a date, an id, a port or a colour. */
const OTHER_TEXTS = [
  "key: formText",
  "key = formText",
  "cutTime: formText",
  "timeZone: formText",
  "maxLength={5}",
  "maxLength={6}",
  "maxLength={20}",
  "formText(20)",
  "plan: formText(40)",
];

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path);
    else if (/\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) yield path;
  }
}
