import assert from "node:assert/strict";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { createIsp, type Isp } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { withScene } from "@/tests/support/scene.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { createMailingIsp, outboxOf } from "@/tests/mail/outbox_isp.ts";
import { BRIEF_PROBLEMS } from "@/web/domain/mail/sender_problems.ts";
import { LOCALES, translator } from "@/web/messages/mod.ts";
import { sayMailProblem } from "@/web/routes/admin/settings/(_parts)/mail/problem_words.ts";
import type { OutgoingMail, SmtpFailure, SmtpServer, SmtpTrial } from "@/web/gateways/mail/types.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { checklist } from "@/web/domain/settings/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import type { MailServerInput } from "@/web/services/mail/mail_input.ts";
import { openMailServer } from "@/web/services/mail/open_mail_server.ts";
import { testMailServer } from "@/web/services/mail/test_mail_server.ts";
import { removeMail, saveMail } from "@/web/services/settings/save_mail.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { readSetupFacts } from "@/web/store/settings/setup_progress.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const PASSWORD = "canary-Passw0rd";

const GMAIL: MailServerInput = {
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
function smtpDouble(answer: SmtpTrial = { stoppedAt: null, failure: null, words: "250 2.0.0 OK" }) {
  const asked: { server: SmtpServer; mail: OutgoingMail }[] = [];
  return {
    asked,
    trySmtp: (server: SmtpServer, mail: OutgoingMail) => {
      asked.push({ server, mail });
      return Promise.resolve(answer);
    },
  };
}

function failure(problem: SmtpFailure["problem"], words: string): SmtpFailure {
  return { problem, words, code: null, status: null };
}

function withMail(isp: Isp, more: Partial<ServiceContext> = {}) {
  const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
  const context: ServiceContext = { ...isp.context, masterKeys, ...more };
  const save = (change: Partial<MailServerInput> = {}, revision = 0) =>
    saveMail(context, isp.tenantId, isp.actor, { ...GMAIL, ...change, revision });
  const open = () => isp.run((trx) => openMailServer(trx, { masterKeys, reach: "anywhere" }));
  return { context, masterKeys, save, open };
}

Deno.test("a mail server is saved with its password sealed, and opened with it; neither audit nor row show it", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { save, open } = withMail(isp);
  assert.equal(await open(), null);
  assertOk(await save());
  const opened = await open();
  assert.deepEqual(opened?.server, {
    host: "smtp.gmail.com",
    port: 587,
    encryption: "starttls",
    login: { kind: "password", username: "billing@isp.example", password: PASSWORD },
    reach: "anywhere",
  });
  const audit = await isp.run((trx) => listAuditEntries(trx, { after: 0n, limit: 100 }));
  const said = JSON.stringify(
    [opened?.row, audit],
    (_key, value) => typeof value === "bigint" ? `${value}` : value,
  );
  assert.match(said, /audit_mail_saved/);
  assert.ok(!said.includes(PASSWORD));
});

Deno.test("the encryption goes by the port where it was left so: 587 STARTTLS, 465 TLS, others are asked about", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { save, open } = withMail(isp);
  for (
    const [at, [port, encryption]] of ([[587, "starttls"], [465, "tls"], [25, "starttls"]] as const).entries()
  ) {
    assertOk(await save({ port }, at));
    assert.equal((await open())?.server.encryption, encryption);
  }
  const refused = await save({ port: 8025 }, 3);
  assert.deepEqual(refused, { ok: false, code: "mail_encryption_needed", values: { port: "8025" } });
});

Deno.test("an empty password keeps the stored one, which never goes to another server, login or in clear", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { save, open } = withMail(isp);
  assertOk(await save());
  assertOk(await save({ password: null, fromName: "Ilaya", dailyMax: null }, 1));
  assert.equal((await open())?.row.from_name, "Ilaya");
  const changes: Partial<MailServerInput>[] = [
    { host: "smtp.evil.example" },
    { port: 2525 },
    { username: "someone@isp.example" },
    { encryption: "none" },
  ];
  const { context } = withMail(isp);
  for (const change of changes) {
    const refused = await save({ password: null, ...change }, 2);
    assert.equal(refused.ok ? "saved" : refused.code, "mail_password_again", JSON.stringify(change));
    const { trySmtp, asked } = smtpDouble();
    const tested = await testMailServer({ ...context, trySmtp }, isp.tenantId, isp.actor, {
      ...GMAIL,
      password: null,
      ...change,
      to: "ana@isp.example",
      locale: "en",
    });
    assert.equal(tested.ok ? "tested" : tested.code, "mail_password_again");
    assert.equal(asked.length, 0);
  }
  assertOk(await save({ removeLogin: true }, 2));
  const { server, row } = (await open())!;
  assert.deepEqual([server.login, row.password_sealed, row.auth], [null, null, "none"]);
});

Deno.test("OAuth2 needs client, secret, refresh token and an https address of tokens; they are sealed and opened", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { save, open } = withMail(isp);
  const oauth: Partial<MailServerInput> = {
    auth: "oauth2",
    clientId: "client",
    clientSecret: "canary-secret",
    refreshToken: "canary-token",
    tokenUrl: "https://oauth2.googleapis.com/token",
  };
  const table: [Partial<MailServerInput>, string][] = [
    [{ clientId: null }, "mail_client_id_needed"],
    [{ clientSecret: null }, "mail_client_secret_needed"],
    [{ refreshToken: null }, "mail_refresh_token_needed"],
    [{ tokenUrl: "http://oauth2.googleapis.com/token" }, "mail_token_url_invalid"],
    [{ tokenUrl: null }, "mail_token_url_invalid"],
    [{ username: null }, "mail_username_needed"],
  ];
  for (const [change, code] of table) {
    const refused = await save({ ...oauth, ...change });
    assert.equal(refused.ok ? "saved" : refused.code, code);
  }
  assertOk(await save(oauth));
  assert.deepEqual((await open())?.server.login, {
    kind: "oauth2",
    username: "billing@isp.example",
    clientId: "client",
    clientSecret: "canary-secret",
    refreshToken: "canary-token",
    tokenUrl: "https://oauth2.googleapis.com/token",
  });
});

Deno.test("in an installation for many ISPs a mail server is public and on a port of mail; alone it may be private", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const many = withMail(isp, { isManyTenants: true });
  for (const host of ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::ffff:7f00:1", "localhost"]) {
    const refused = await many.save({ host });
    assert.equal(refused.ok ? "saved" : refused.code, "mail_host_not_public", host);
  }
  const refused = await many.save({ port: 22, encryption: "none" });
  assert.equal(refused.ok ? "saved" : refused.code, "mail_port_not_allowed");
  assertOk(await many.save());
  assertOk(
    await withMail(isp).save({ host: "192.168.1.5", port: 1025, encryption: "none", auth: "none" }, 1),
  );
});

Deno.test("of two forms that were opened together the second one to save is told, and a removed server is gone", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { context, save } = withMail(isp);
  assertOk(await save());
  const second = await save();
  assert.equal(second.ok ? "saved" : second.code, "row_changed");
  assertOk(await removeMail(context, isp.tenantId, isp.actor));
  const again = await removeMail(context, isp.tenantId, isp.actor);
  assert.equal(again.ok ? "removed" : again.code, "mail_server_gone");
  assert.equal(await isp.run((trx) => findMailServer(trx)), null);
});

Deno.test("a stopped server is one line in Needs you, with the server's words, until the settings are saved again", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const { save } = withMail(isp);
  const needs = () =>
    isp.run(async (trx) =>
      (await listNeeds(trx, await getTenant(trx), {
        today: Temporal.PlainDate.from("2026-01-01"),
        now: isp.clock.now(),
      })).filter(({ kind }) => kind === "mail_stopped")
    );
  const stop = (problem: string, tries = 3) =>
    isp.run((trx) =>
      trx.insertInto("mail_senders").values({
        tenant_id: isp.tenantId,
        problem,
        problem_words: "535 5.7.8 Username and Password not accepted",
        problem_at: isp.clock.now(),
        tries,
        not_before_at: isp.clock.now().add({ hours: 1 }),
      }).onConflict((conflict) =>
        conflict.column("tenant_id").doUpdateSet({
          problem,
          tries,
          not_before_at: isp.clock.now().add({ hours: 1 }),
          problem_words: "535 5.7.8 Username and Password not accepted",
        })
      ).execute()
    );
  await stop("login_refused");
  assert.deepEqual(await needs(), [], "without a server nothing waits for it");
  assertOk(await save());
  assert.deepEqual(await needs(), [], "saving begins anew");
  await stop("login_refused");
  const [need, ...more] = await needs();
  assert.deepEqual([need?.subject, need?.detail, more.length], [
    "smtp.gmail.com",
    "login_refused\n535 5.7.8 Username and Password not accepted",
    0,
  ]);
  await stop("sending_limit");
  assert.deepEqual(await needs(), [], "a limit passes by itself");
  for (const brief of BRIEF_PROBLEMS) {
    await stop(brief, 2);
    assert.deepEqual(await needs(), [], `${brief} may pass by itself`);
    await stop(brief, 3);
    assert.equal((await needs()).length, 1, `${brief} did not`);
  }
  await stop("settings_unreadable", 1);
  const [unreadable] = await needs();
  for (const locale of LOCALES) {
    const said = sayMailProblem(translator(locale), unreadable?.detail ?? "");
    assert.ok(said.includes("master key"), said);
  }
  await stop("login_refused");
  assertOk(await save({}, 1));
  const sender = await isp.run((trx) => trx.selectFrom("mail_senders").selectAll().executeTakeFirst());
  assert.deepEqual([sender?.problem, sender?.tries, sender?.not_before_at], [null, 0, null]);
});

Deno.test("saving the settings sends at once what the server kept waiting, and not what a mailbox did", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["juan@example.test", "ana@example.test", "ben@example.test"]);
  const { save } = withMail(isp);
  const reasons = ["connection_lost", "recipient_later", "not_made"];
  const later = isp.clock.now().add({ hours: 5 });
  await isp.run(async (trx) => {
    for (const [n, reason] of reasons.entries()) {
      await trx.updateTable("mail_messages").set({ reason, attempts: 4, next_attempt_at: later })
        .where("tenant_id", "=", isp.tenantId).where("subscriber_id", "=", isp.subscriberIds[n]!).execute();
    }
  });
  assertOk(await save({}, 1));
  const waits = new Map(
    (await outboxOf(isp)).map(({ reason, next_attempt_at }) => [reason, next_attempt_at]),
  );
  assert.ok(waits.get("connection_lost")?.equals(isp.clock.now()));
  assert.ok(waits.get("recipient_later")?.equals(later));
  assert.ok(waits.get("not_made")?.equals(later));
});

Deno.test("the checklist has a line for mail, done as soon as a server is set", async () => {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const isDone = () =>
    isp.run(async (trx) =>
      checklist(await readSetupFacts(trx, await getTenant(trx))).find(({ item }) => item === "mail")?.isDone
    );
  assert.equal(await isDone(), false);
  assertOk(await withMail(isp).save());
  assert.equal(await isDone(), true);
});

const FORM = {
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

async function withPages(
  more: Partial<ServiceContext>,
  work: (scene: { isp: Isp; owner: PageUser; context: ServiceContext }) => Promise<void>,
): Promise<void> {
  await withScene("2026-02-15T10:00", async ({ isp }) => {
    const { context } = withMail(isp, more);
    const app = await createWebApp(context);
    await work({ isp, context, owner: await app.signIn(isp.tenantId, "Owner") });
  });
}

const valueOf = (html: string, name: string) =>
  new RegExp(`name="${name}"[^>]*?value="([^"]*)"`).exec(html)?.[1] ??
    new RegExp(`value="([^"]*)"[^>]*?name="${name}"`).exec(html)?.[1];

Deno.test("a preset fills the form by a link, and states what the provider wants; saving never shows the password again", async () => {
  await withPages({}, async ({ owner }) => {
    const empty = await owner.get("/admin/settings/mail");
    assert.equal(empty.status, 200);
    assert.match(empty.text, /No mail server is set/);
    const gmail = await owner.get("/admin/settings/mail?preset=gmail");
    assert.equal(valueOf(gmail.html, "host"), "smtp.gmail.com");
    assert.equal(valueOf(gmail.html, "dailyMax"), "500");
    assert.match(gmail.text, /app password/);
    assert.match(gmail.text, /January 2026/);
    const saved = await owner.post("/admin/settings/mail", FORM);
    assert.equal(saved.location, "/admin/settings/mail?done=mail_saved");
    const again = await owner.get(saved.location);
    assert.match(again.text, /Saved and not shown again/);
    assert.ok(!again.html.includes(PASSWORD));
    assert.doesNotMatch(again.html, /v1\.k1\./);
    const microsoft = await owner.get("/admin/settings/mail?preset=microsoft365");
    assert.match(microsoft.text, /choose OAuth2/);
  });
});

Deno.test("smtp.office365.com with a password is warned about when it is saved", async () => {
  await withPages({}, async ({ owner }) => {
    const saved = await owner.post("/admin/settings/mail", {
      ...FORM,
      preset: "microsoft365",
      host: "smtp.office365.com",
    });
    assert.match((await owner.get(saved.location)).text, /Microsoft is ending sign-in with a password here/);
  });
});

Deno.test("line breaks, quotes and several addresses are refused beside their field, and nothing is saved", async () => {
  await withPages({}, async ({ owner, isp }) => {
    const table: [Record<string, string>, RegExp][] = [
      [{ fromName: "Ilaya\r\nBcc: x@y.example" }, /character/],
      [{ fromName: "Ilaya\n" }, /character/],
      [{ host: "smtp.gmail.com\r\nRCPT" }, /character/],
      [{ username: "a\nb" }, /character/],
      [{ password: "a\r\nb" }, /character/],
      [{ fromAddress: "a@isp.example, b@isp.example" }, /one address only/],
      [{ fromAddress: '"a b"@isp.example' }, /quotation marks/],
      [{ fromAddress: "niña@isp.example" }, /without ñ/],
      [{ replyTo: "Ana <a@isp.example>" }, /address alone/],
      [{ host: "https://smtp.gmail.com" }, /name of the server alone/],
      [{ host: "smtp.gmail.com:587" }, /in its own field/],
      [{ dailyMax: "-3" }, /whole number from 1/],
      [{ password: "" }, /Type the password/],
    ];
    for (const [change, words] of table) {
      const refused = await owner.post("/admin/settings/mail", { ...FORM, ...change });
      assert.equal(refused.status, 422, JSON.stringify(change));
      assert.match(refused.text, words, JSON.stringify(change));
      assert.ok(!refused.html.includes(PASSWORD));
    }
    assert.equal(await isp.run((trx) => findMailServer(trx)), null);
    const idn = await owner.post("/admin/settings/mail", { ...FORM, replyTo: "ana@peñafrancia.example" });
    assert.equal(idn.status, 303);
    const row = await isp.run((trx) => findMailServer(trx));
    assert.equal(row?.reply_to, "ana@xn--peafrancia-u9a.example");
  });
});

Deno.test("a test says step by step how far it came, with what is typed and not saved", async () => {
  const double = smtpDouble();
  await withPages({ trySmtp: double.trySmtp }, async ({ owner, isp }) => {
    const answer = await owner.post("/admin/settings/mail", { ...FORM, intent: "preview" });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /smtp\.gmail\.com took the test mail for ana@isp\.example/);
    assert.equal(answer.text.match(/ OK /g)?.length, 6);
    assert.match(answer.text, /250 2\.0\.0 OK/);
    const [asked] = double.asked;
    assert.deepEqual(asked?.server.login, {
      kind: "password",
      username: "billing@isp.example",
      password: PASSWORD,
    });
    assert.equal(asked?.mail.to.address, "ana@isp.example");
    assert.match(asked?.mail.text ?? "", /test mail that Ana Reyes sent/);
    assert.equal(await isp.run((trx) => findMailServer(trx)), null);
    assert.ok(!answer.html.includes(PASSWORD));
    assert.equal(valueOf(answer.html, "host"), "smtp.gmail.com", "what was typed stays");
  });
});

Deno.test("a server that expects STARTTLS is told from a wrong one, with a button that switches and tests again", async () => {
  const words = "ESOCKET InvalidContentType (SSL routines:ssl3_get_record:wrong version number)";
  const double = smtpDouble({
    stoppedAt: "encryption",
    failure: failure("wrong_encryption", words),
    words: null,
  });
  await withPages({ trySmtp: double.trySmtp }, async ({ owner }) => {
    const typed = { ...FORM, encryption: "tls" };
    const answer = await owner.post("/admin/settings/mail", { ...typed, intent: "preview" });
    assert.match(answer.text, /Port 587 of this server expects STARTTLS/);
    assert.match(answer.text, /wrong version number/);
    assert.match(answer.text, /Failed Encrypted/);
    assert.match(answer.text, /Not reached Signed in/);
    assert.match(answer.html, /name="switchTo" value="starttls"/);
    const switched = await owner.post("/admin/settings/mail", { ...typed, switchTo: "starttls" });
    assert.equal(switched.status, 200);
    assert.deepEqual(double.asked.map(({ server }) => server.encryption), ["tls", "starttls"]);
    assert.match(switched.html, /<option value="starttls" selected/);
  });
});

Deno.test("a refused login is said beside the password in the server's own words, and never offers less encryption", async () => {
  const double = smtpDouble({
    stoppedAt: "login",
    failure: failure("login_refused", "535 5.7.8 <b>bad</b> credentials"),
    words: null,
  });
  await withPages({ trySmtp: double.trySmtp }, async ({ owner }) => {
    const answer = await owner.post("/admin/settings/mail", { ...FORM, intent: "preview" });
    assert.match(answer.html, /id="trial-password"><div class="error">/);
    assert.match(answer.html, /535 5\.7\.8 &lt;b>bad/);
    assert.doesNotMatch(answer.html, /name="switchTo"/);
  });
});

Deno.test("while the server is stopped the page says since when, in the server's words, and what to do", async () => {
  await withPages({}, async ({ owner, isp }) => {
    await owner.post("/admin/settings/mail", FORM);
    const problem = {
      problem: "login_refused",
      problem_words: "535 5.7.8 not accepted",
      problem_at: Temporal.Instant.from("2026-02-14T01:05:00Z"),
    };
    await isp.run((trx) =>
      trx.insertInto("mail_senders").values({ tenant_id: isp.tenantId, ...problem }).execute()
    );
    const page = await owner.get("/admin/settings/mail");
    assert.equal(page.status, 200);
    assert.match(page.text, /No mail goes out since Sat, 14 Feb 2026, 09:05/);
    assert.match(page.text, /User or password was refused\. Type both again/);
    assert.match(page.text, /The server says: “535 5\.7\.8 not accepted”/);
    assert.match(
      (await owner.get("/admin")).text,
      /smtp\.gmail\.com does not take mail.*“535 5\.7\.8 not accepted”/,
    );
    await isp.run((trx) => trx.updateTable("mail_senders").set({ problem: "of_a_later_version" }).execute());
    assert.match((await owner.get("/admin/settings/mail")).text, /Sending does not work/);
  });
});

Deno.test("only who may change settings sees the form, and others read without login", async () => {
  await withPages({}, async ({ isp, context }) => {
    const app = await createWebApp(context);
    const reader = await app.signIn(isp.tenantId, ["settings:read", "today:read", "subscriber:read"]);
    const page = await reader.get("/admin/settings/mail");
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.html, /name="password"/);
    assert.equal((await reader.post("/admin/settings/mail", FORM)).status, 404);
    const nobody = await app.signIn(isp.tenantId, ["today:read", "subscriber:read"]);
    assert.equal((await nobody.get("/admin/settings/mail")).status, 404);
  });
});

Deno.test("Stop sending mail is asked about first, then the server is gone with its login", async () => {
  await withPages({}, async ({ owner, isp }) => {
    assert.match((await owner.get("/admin/settings/mail/stop")).text, /No mail server is set/);
    await owner.post("/admin/settings/mail", FORM);
    assert.match(
      (await owner.get("/admin/settings/mail/stop")).text,
      /Remove smtp\.gmail\.com and its login\?/,
    );
    const removed = await owner.post("/admin/settings/mail/stop", {});
    assert.equal(removed.location, "/admin/settings/mail?done=mail_removed");
    assert.equal(await isp.run((trx) => findMailServer(trx)), null);
  });
});

Deno.test("a sending limit is shown as a pause with its end, and a login that does not open as what it is", async () => {
  await withPages({}, async ({ isp, context, owner }) => {
    assertOk(await saveMail(context, isp.tenantId, isp.actor, { ...GMAIL, revision: 0 }));
    const stand = (problem: string | null, words: string | null) =>
      isp.run(async (trx) => {
        await trx.deleteFrom("mail_senders").where("tenant_id", "=", isp.tenantId).execute();
        await trx.insertInto("mail_senders").values({
          tenant_id: isp.tenantId,
          problem,
          problem_words: words,
          problem_at: problem === null ? null : isp.clock.now(),
          tries: problem === null ? 0 : 1,
          not_before_at: isp.clock.now().add({ hours: 1 }),
        }).execute();
      });
    const read = async () => (await owner.get("/admin/settings/mail")).text;
    await stand("sending_limit", "550 5.4.5 Daily user sending limit exceeded");
    const limited = await read();
    assert.match(limited, /Mail waits until .*11:00/);
    assert.match(limited, /The server says: “550 5\.4\.5/);
    assert.doesNotMatch(limited, /No mail goes out/);
    await stand(null, null);
    assert.match(await read(), /your own limits/);
    await stand("settings_unreadable", "Cannot open mail_servers.password_sealed: key 3 is not here");
    const unreadable = await read();
    assert.match(unreadable, /No mail goes out/);
    assert.match(unreadable, /its master key is not on this server/);
    assert.match(unreadable, /In technical words: “Cannot open/, "no server said that");
    assert.doesNotMatch(unreadable, /Mail waits until/);
  });
});
