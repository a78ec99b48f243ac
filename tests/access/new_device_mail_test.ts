import assert from "node:assert/strict";
import { sql } from "kysely";
import { Client } from "pg";
import { setMailServer as insertMailServer } from "@/tests/support/mail_server.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { savePreference } from "@/web/store/settings/preferences.ts";
import { readStaffFacts } from "@/web/domain/mail/staff.ts";
import { renderStaffMail } from "@/web/gateways/mail/render/staff_mail.ts";
import { listSecurityEvents } from "@/web/store/access/security_log_page.ts";
import { CLIENT, type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";

const PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
  "Chrome/141.0.0.0 Mobile Safari/537.36";

const setMailServer = (company: Company) => company.run((trx) => insertMailServer(trx));

const mailsOf = (company: Company) =>
  company.run(async (trx) =>
    (await sql<{ occasion: string; address: string; facts: unknown; path_sealed: string | null }>`
      select occasion, address, facts, path_sealed from mail_messages order by id`.execute(trx)).rows
  );

async function enter({ context }: Installation, company: Company, client: object = {}) {
  const { email } = await company.member(company.owner.staffUserId);
  return assertOk(await signIn(context, { ...CLIENT, email, password: PASSWORD, ...client }));
}

async function asOwner({ database }: Installation, statement: string): Promise<void> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function newDevices({ context }: Installation, company: Company): Promise<number> {
  await context.security.settled();
  const { rows } = await company.run((trx) => listSecurityEvents(trx, {}, { limit: 100 }));
  return rows.filter(({ kind }) => kind === "new_device").reduce((sum, { times }) => sum + times, 0);
}

Deno.test("a sign-in from a new device is mailed to its person: when, where, with what, and the way to their sessions", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await setMailServer(company);
  await enter(installation, company, { userAgent: PHONE });
  const [mail, ...more] = await mailsOf(company);
  assert.deepEqual([mail?.occasion, mail?.path_sealed, more.length], ["new_device", null, 0]);
  assert.equal(mail?.address, (await company.member(company.owner.staffUserId)).email);
  const read = readStaffFacts("new_device", mail?.facts);
  assert.ok(read !== null);
  assert.equal(read.facts.path, "/admin/settings/sessions");
  const facts = { name: "Ana", told: read.told, href: "http://x/", zone: "Asia/Manila", goodUntil: null };
  const none = { colour: null, logo: null, phone: null, email: null, address: null, waysToPay: null };
  const brand = { company: "Ilaya Net", ...none };
  const { text } = renderStaffMail(facts, brand, "en");
  assert.match(text, /Chrome on Android/);
  assert.match(text, /203\.0\.113\.7/);
  assert.match(text, /23 Nov 2026|Nov 23|November 23/);
});

Deno.test("a known device is not mailed, and one that is new again and again within the hour is once", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await setMailServer(company);
  const { known } = await enter(installation, company);
  await enter(installation, company, { known });
  for (let i = 0; i < 3; i++) {
    installation.clock.advance({ minutes: 5 });
    await enter(installation, company);
  }
  assert.equal((await mailsOf(company)).length, 1);
  assert.equal(await newDevices(installation, company), 4, "the log has each");
  await enter(installation, company, { ip: "198.51.100.4" });
  assert.equal((await mailsOf(company)).length, 2, "another place is told of at once");
});

Deno.test("it is in the language of whoever reads", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await setMailServer(company);
  const { staffUserId } = company.owner;
  await company.run((trx) =>
    savePreference(trx, { staffUserId, name: "locale", value: "fil", at: installation.clock.now() })
  );
  await enter(installation, company);
  const [mail] = await mailsOf(company);
  assert.equal(readStaffFacts("new_device", mail?.facts)?.facts.language, "fil");
});

Deno.test("without a mail server only the security log has it", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await enter(installation, company);
  assert.deepEqual(await mailsOf(company), []);
  assert.equal(await newDevices(installation, company), 1);
});

Deno.test("a mail that cannot be queued fails no sign-in, and the security log has it all the same", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await setMailServer(company);
  await asOwner(installation, "alter table mail_messages rename to mail_messages_away");
  await enter(installation, company);
  await asOwner(installation, "alter table mail_messages_away rename to mail_messages");
  assert.deepEqual(await mailsOf(company), []);
  assert.equal(await newDevices(installation, company), 1);
});
