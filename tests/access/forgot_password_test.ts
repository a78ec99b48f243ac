import assert from "node:assert/strict";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { type AskContext, askForReset } from "@/web/services/access/ask_for_reset.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { inviteStaff, renewStaffInvite, withdrawStaffInvite } from "@/web/services/access/invite_staff.ts";
import { makeResetLink, openReset, resetPassword } from "@/web/services/access/reset_password.ts";
import { openSecret } from "@/web/services/secrets/mod.ts";
import { staffMailPlace } from "@/web/services/mail/queue_staff_mail.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { CLIENT, type Company, createTestInstallation, type Installation, PASSWORD } from "./_company.ts";

const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
const ASKED = { ip: CLIENT.ip, requestId: "r1" };

interface Mail {
  occasion: string;
  address: string;
  state: string;
  path: string | null;
}

/** What was queued at a company, with the paths that its mails open. */
async function mailsOf(company: Company): Promise<Mail[]> {
  return await company.run(async (trx) => {
    const rows = await trx.selectFrom("mail_messages")
      .select(["id", "occasion", "address", "state", "path_sealed"]).orderBy("id").execute();
    return await Promise.all(rows.map(async ({ id, occasion, address, state, path_sealed: sealed }) => ({
      occasion,
      address: address ?? "",
      state,
      path: sealed === null ? null : await openSecret(trx, masterKeys, staffMailPlace(id), sealed),
    })));
  });
}

async function setMailServer(company: Company, at: Temporal.Instant): Promise<void> {
  await company.run((trx) =>
    trx.insertInto("mail_servers").values({
      tenant_id: company.tenantId,
      preset: "own",
      host: "mail.test",
      port: 587,
      encryption: "starttls",
      auth: "none",
      from_name: "Ilaya Net",
      from_address: "bills@ilaya.test",
      revision: 1,
      saved_at: at,
      saved_by: "Ana",
    }).execute()
  );
}

async function eventsOf({ context }: Installation, company: Company): Promise<string[]> {
  await context.security.settled();
  return await withTenant(context.db, company.tenantId, async (trx) => {
    const rows = await trx.selectFrom("security_events").select(["kind", "reason"]).orderBy("first_at")
      .execute();
    return rows.map(({ kind, reason }) => `${kind} ${reason}`);
  });
}

function askingOf({ context }: Installation): AskContext {
  return { ...context, masterKeys, answerMs: 1 };
}

Deno.test("who forgot their password is mailed a link for half an hour, from the first of their companies that can mail", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const context = askingOf(installation);
  const [first, second] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  const { email } = await first.member(first.owner.staffUserId);
  const invite = assertOk(
    await inviteStaff(installation.context, second.tenantId, second.owner, {
      email,
      name: "Ana",
      roleIds: [second.roles.Cashier!],
    }),
  );
  assertOk(
    await acceptStaffInvite(installation.context, { ...CLIENT, ...invite, name: "", password: PASSWORD }),
  );
  await setMailServer(second, clock.now());
  assertOk(await askForReset(context, { ...ASKED, email: email.toUpperCase() }));
  assert.deepEqual(await mailsOf(first), []);
  const [mail, ...more] = await mailsOf(second);
  assert.deepEqual([mail?.occasion, mail?.address, more.length], ["password_reset", email, 0]);
  const code = mail!.path!.slice("/reset/".length);
  assert.deepEqual((await eventsOf(installation, second)).filter((event) => event.includes("link")), [
    "link_mailed forgotten",
  ]);
  clock.advance({ minutes: 29 });
  assert.equal((await openReset(context, code))?.email, email);
  clock.advance({ minutes: 1 });
  assert.equal(await openReset(context, code), null);
});

Deno.test("whoever asks gets the same answer: a stranger, a disabled person, one whose companies cannot mail", async () => {
  await using installation = await createTestInstallation();
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  const away = await company.hire("Ben Reyes", []);
  const { email: awayEmail } = await company.member(away.staffUserId);
  assertOk(await askForReset(context, { ...ASKED, email }));
  assertOk(await askForReset(context, { ...ASKED, email: "nobody@isp.example" }));
  await setMailServer(company, installation.clock.now());
  assertOk(
    await disableStaff(installation.context, company.tenantId, company.owner, {
      staffUserId: away.staffUserId,
    }),
  );
  assertOk(await askForReset(context, { ...ASKED, email: awayEmail }));
  assert.deepEqual(await mailsOf(company), []);
  assert.ok((await eventsOf(installation, company)).includes("refused no_mail_server"));
});

Deno.test("strangers cannot fill a mailbox, nor make an owner's link worthless", async () => {
  await using installation = await createTestInstallation();
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  await setMailServer(company, installation.clock.now());
  const person = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(person.staffUserId);
  const made = assertOk(await makeResetLink(installation.context, company.tenantId, company.owner, person));
  for (let n = 0; n < 5; n++) {
    assertOk(await askForReset(context, { requestId: "r", ip: `203.0.${n}.9`, email }));
  }
  assert.equal((await mailsOf(company)).length, 3);
  assert.notEqual(await openReset(context, made.code), null);
  assert.ok((await eventsOf(installation, company)).includes("refused too_many_links"));
  for (let n = 0; n < 5; n++) await askForReset(context, { ...ASKED, email: "x@isp.example" });
  const codes = new Set<string>();
  for (let n = 0; n < 3; n++) {
    const answer = await askForReset(context, { ...ASKED, email: "x@isp.example" });
    codes.add(answer.ok ? "ok" : answer.code);
  }
  assert.ok(codes.has("too_many_tries"), "and tries are counted like those of signing in");
});

Deno.test("an invitation is mailed where a mail server is set; a renewed one takes the mail of before back", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const context = { ...installation.context, masterKeys };
  const call = [context, company.tenantId, company.owner] as const;
  const input = { email: "ben@isp.example", name: "Ben", roleIds: [company.roles.Cashier!] };
  const unmailed = assertOk(await inviteStaff(...call, input));
  assert.equal(unmailed.mail, "no_mail_server");
  assertOk(await withdrawStaffInvite(...call, unmailed));
  await setMailServer(company, installation.clock.now());
  const made = assertOk(await inviteStaff(...call, input));
  assert.equal(made.mail, "queued");
  assert.deepEqual(await mailsOf(company), [
    { occasion: "staff_invited", address: input.email, state: "queued", path: `/invite/${made.code}` },
  ]);
  installation.clock.advance({ minutes: 1 });
  const renewed = assertOk(await renewStaffInvite(...call, made));
  assert.deepEqual((await mailsOf(company)).map(({ state, path }) => [state, path]), [
    ["skipped", null],
    ["queued", `/invite/${renewed.code}`],
  ]);
  assertOk(await withdrawStaffInvite(...call, made));
  assert.ok((await mailsOf(company)).every(({ state, path }) => state === "skipped" && path === null));
});

Deno.test("the page asks for an address, and says what else to do where nothing can be mailed", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const app = await createWebApp({ ...installation.context, masterKeys });
  const visit = async (path: string, fields?: Record<string, string>) => {
    const headers = { origin: "http://linya.test", "content-type": "application/x-www-form-urlencoded" };
    const body = fields && { method: "POST", body: new URLSearchParams(fields).toString() };
    return await app.handler(new Request(`http://linya.test${path}`, { headers, ...body }));
  };
  assert.match(await (await visit("/login")).text(), /href="\/forgot"/);
  assert.match(await (await visit("/forgot")).text(), /admin:reset-password/);
  await setMailServer(company, installation.clock.now());
  assert.match(await (await visit("/forgot")).text(), /name="email"/);
  const { email } = await company.member(company.owner.staffUserId);
  const started = performance.now();
  for (const address of [email, "nobody@isp.example"]) {
    const answer = await visit("/forgot", { email: address });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/forgot?done=asked"]);
  }
  assert.ok(performance.now() - started >= 1_100, "each answer takes its time");
  assert.match(await (await visit("/forgot?done=asked")).text(), /the mail is on its way/);
  const [mail] = await mailsOf(company);
  const code = mail!.path!.slice("/reset/".length);
  assertOk(
    await resetPassword(installation.context, { code, ip: CLIENT.ip, password: "siomai tuwing biyernes" }),
  );
  assertRefused(
    await resetPassword(installation.context, { code, ip: CLIENT.ip, password: "siomai tuwing sabado" }),
    "reset_gone",
  );
});
