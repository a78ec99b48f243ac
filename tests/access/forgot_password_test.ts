import assert from "node:assert/strict";
import { setMailServer as insertMailServer } from "@/tests/support/mail_server.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { acceptStaffInvite } from "@/web/services/access/accept_invite.ts";
import { type AskContext, askForReset, canMailLinks } from "@/web/services/access/ask_for_reset.ts";
import { disableStaff } from "@/web/services/access/disable_staff.ts";
import { inviteStaff, renewStaffInvite, withdrawStaffInvite } from "@/web/services/access/invite_staff.ts";
import {
  makeResetLink,
  makeResetLinkAtServer,
  openReset,
  resetPassword,
} from "@/web/services/access/reset_password.ts";
import { openSecret } from "@/web/services/secrets/mod.ts";
import { staffMailPlace } from "@/web/services/mail/queue_staff_mail.ts";
import { lockStaff } from "@/web/store/access/members.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { savePreference } from "@/web/store/settings/preferences.ts";
import {
  CLIENT,
  type Company,
  createTestInstallation,
  type Installation,
  PASSWORD,
  wholeRole,
} from "./_company.ts";

// Those of the test installation.
const masterKeys = new MasterKeys([{ id: "k1", key: new Uint8Array(32).fill(5) }]);
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

const setMailServer = (company: Company) =>
  company.run((trx) => insertMailServer(trx, { host: "mail.test", port: 587, encryption: "starttls" }));

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

/** Asks, and waits for the work that goes on behind the answer. */
async function ask(context: AskContext, input: Parameters<typeof askForReset>[1]) {
  const works: Promise<void>[] = [];
  const answer = await askForReset({ ...context, onWork: (work) => works.push(work) }, input);
  await Promise.all(works);
  return answer;
}

Deno.test("who forgot their password is mailed a link for half an hour, in the language that they chose", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  const { staffUserId } = company.owner;
  const { email } = await company.member(staffUserId);
  await setMailServer(company);
  await company.run((trx) =>
    savePreference(trx, { staffUserId, name: "locale", value: "fil", at: clock.now() })
  );
  assertOk(await ask(context, { ...ASKED, email: email.toUpperCase() }));
  const [mail, ...more] = await mailsOf(company);
  assert.deepEqual([mail?.occasion, mail?.address, more.length], ["password_reset", email, 0]);
  const stored = await company.run((trx) =>
    trx.selectFrom("mail_messages").select(["created_by", "facts"]).executeTakeFirstOrThrow()
  );
  assert.equal(stored.created_by, "Sign-in page", "perhaps it was a stranger who asked");
  assert.equal((stored.facts as { language?: string }).language, "fil");
  const code = mail!.path!.slice("/reset/".length);
  assert.deepEqual((await eventsOf(installation, company)).filter((event) => event.includes("link")), [
    "link_mailed forgotten",
  ]);
  clock.advance({ minutes: 29 });
  assert.equal((await openReset(context, code))?.email, email);
  clock.advance({ minutes: 1 });
  assert.equal(await openReset(context, code), null);
});

Deno.test("who is or was with several companies is mailed nothing: none of them takes them over at another", async () => {
  await using installation = await createTestInstallation();
  const context = askingOf(installation);
  const [first, second] = [
    await installation.addCompany("Ilaya Net"),
    await installation.addCompany("Other Net"),
  ];
  for (const company of [first, second]) await setMailServer(company);
  const { email } = await first.member(first.owner.staffUserId);
  assertOk(await ask(context, { ...ASKED, email }));
  const code = (await mailsOf(first))[0]!.path!.slice("/reset/".length);
  assert.notEqual(await openReset(context, code), null);
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
  assert.equal(await openReset(context, code), null, "nor does a link that was mailed before open anything");
  const resetsOf = async (company: Company) =>
    (await mailsOf(company)).filter(({ occasion }) => occasion === "password_reset").length;
  assertOk(await ask(context, { ...ASKED, email }));
  assert.deepEqual([await resetsOf(first), await resetsOf(second)], [1, 0]);
  assert.ok((await eventsOf(installation, first)).includes("refused several_companies"));
  assertOk(await disableStaff(installation.context, second.tenantId, second.owner, first.owner));
  assertOk(await ask(context, { ...ASKED, email }));
  assert.deepEqual([await resetsOf(first), await resetsOf(second)], [1, 0]);
  const made = await makeResetLinkAtServer(installation.context, email);
  assert.notEqual(await openReset(context, made!.code), null, "whoever runs the server makes one");
});

Deno.test("a company whose mail stands still mails no link, and its page says what else to do", async () => {
  await using installation = await createTestInstallation();
  const { clock } = installation;
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  await setMailServer(company);
  const stand = (over: { problem: string | null; tries: number; not_before_at?: Temporal.Instant | null }) =>
    company.run((trx) =>
      trx.insertInto("mail_senders").values({ tenant_id: company.tenantId, not_before_at: null, ...over })
        .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ not_before_at: null, ...over }))
        .execute()
    );
  await stand({ problem: "login_refused", tries: 1 });
  assert.equal(await canMailLinks(context), false);
  assertOk(await ask(context, { ...ASKED, email }));
  assert.deepEqual(await mailsOf(company), []);
  assert.ok((await eventsOf(installation, company)).includes("refused no_mail_server"));
  await stand({ problem: null, tries: 0, not_before_at: clock.now().add({ minutes: 31 }) });
  assert.equal(await canMailLinks(context), false, "it would go out when its link has run out");
  await stand({ problem: "timed_out", tries: 1 });
  assert.equal(await canMailLinks(context), true, "what passes by itself is waited for");
  assertOk(await ask(context, { ...ASKED, email }));
  assert.equal((await mailsOf(company)).length, 1);
});

Deno.test("the answer comes after its time also where the work takes longer, and the work is done", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  await setMailServer(company);
  const works: Promise<void>[] = [];
  const context = { ...askingOf(installation), onWork: (work: Promise<void>) => works.push(work) };
  await company.run(async (trx) => {
    await lockStaff(trx);
    await trx.selectFrom("tenants").select("id").execute();
    assertOk(await askForReset(context, { ...ASKED, email }));
    assert.deepEqual(await mailsOf(company), [], "somebody else holds what the work waits for");
  });
  await Promise.all(works);
  assert.equal((await mailsOf(company)).length, 1);
});

Deno.test("what is used, or worthless, is not mailed any more: an accepted invitation, a link beside a new password, a disabled inviter's", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const context = { ...installation.context, masterKeys };
  await setMailServer(company);
  const states = async () => (await mailsOf(company)).map(({ occasion, state }) => `${occasion} ${state}`);
  const roleIds = [company.roles.Cashier!];
  const invite = assertOk(
    await inviteStaff(context, company.tenantId, company.owner, {
      email: "b@isp.example",
      name: "B",
      roleIds,
    }),
  );
  assertOk(await acceptStaffInvite(context, { ...CLIENT, ...invite, name: "Ben", password: PASSWORD }));
  assert.deepEqual(await states(), ["staff_invited skipped"]);
  const person = await company.hire("Carla Diaz", [await wholeRole(company)]);
  const { email } = await company.member(person.staffUserId);
  for (let n = 0; n < 2; n++) assertOk(await ask(askingOf(installation), { ...ASKED, email }));
  const link = (await mailsOf(company)).find(({ occasion }) => occasion === "password_reset");
  const code = link!.path!.slice("/reset/".length);
  assertOk(await resetPassword(context, { code, ip: CLIENT.ip, password: "siomai tuwing biyernes" }));
  assert.deepEqual((await states()).filter((state) => state.startsWith("password_reset")), [
    "password_reset skipped",
    "password_reset skipped",
  ]);
  assertOk(
    await inviteStaff(context, company.tenantId, person, { email: "d@isp.example", name: "D", roleIds }),
  );
  assertOk(await disableStaff(context, company.tenantId, company.owner, person));
  assert.deepEqual((await states()).filter((state) => state.startsWith("staff_invited")), [
    "staff_invited skipped",
    "staff_invited skipped",
  ]);
});

Deno.test("whoever asks gets the same answer: a stranger, a disabled person, one whose companies cannot mail", async () => {
  await using installation = await createTestInstallation();
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  const { email } = await company.member(company.owner.staffUserId);
  const away = await company.hire("Ben Reyes", []);
  const { email: awayEmail } = await company.member(away.staffUserId);
  assertOk(await ask(context, { ...ASKED, email }));
  assertOk(await ask(context, { ...ASKED, email: "nobody@isp.example" }));
  await setMailServer(company);
  assertOk(
    await disableStaff(installation.context, company.tenantId, company.owner, {
      staffUserId: away.staffUserId,
    }),
  );
  assertOk(await ask(context, { ...ASKED, email: awayEmail }));
  assert.deepEqual(await mailsOf(company), []);
  assert.ok((await eventsOf(installation, company)).includes("refused no_mail_server"));
});

Deno.test("strangers cannot fill a mailbox, nor make an owner's link worthless", async () => {
  await using installation = await createTestInstallation();
  const context = askingOf(installation);
  const company = await installation.addCompany("Ilaya Net");
  const person = await company.hire("Ben Reyes", [company.roles.Cashier!]);
  const { email } = await company.member(person.staffUserId);
  const made = assertOk(await makeResetLink(installation.context, company.tenantId, company.owner, person));
  await setMailServer(company);
  for (let n = 0; n < 5; n++) {
    assertOk(await ask(context, { requestId: "r", ip: `203.0.${n}.9`, email }));
  }
  assert.equal((await mailsOf(company)).length, 3);
  assert.notEqual(await openReset(context, made.code), null);
  assert.ok((await eventsOf(installation, company)).includes("refused too_many_links"));
  for (let n = 0; n < 5; n++) await ask(context, { ...ASKED, email: "x@isp.example" });
  const codes = new Set<string>();
  for (let n = 0; n < 3; n++) {
    const answer = await ask(context, { ...ASKED, email: "x@isp.example" });
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
  await setMailServer(company);
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
  await setMailServer(company);
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
