import assert from "node:assert/strict";
import { createIsp } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createMailingIsp, outboxOf } from "@/tests/mail/outbox_isp.ts";
import { BRIEF_PROBLEMS } from "@/web/domain/mail/sender_problems.ts";
import { LOCALES, translator } from "@/web/messages/mod.ts";
import { sayMailProblem } from "@/web/routes/admin/settings/(_parts)/mail/problem_words.ts";
import { checklist } from "@/web/domain/settings/mod.ts";
import type { MailServerInput } from "@/web/services/mail/mail_input.ts";
import { testMailServer } from "@/web/services/mail/test_mail_server.ts";
import { removeMail } from "@/web/services/settings/save_mail.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { listAuditEntries } from "@/web/store/access/audit.ts";
import { readSetupFacts } from "@/web/store/settings/setup_progress.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { GMAIL, PASSWORD, smtpDouble, withMail } from "./mail_settings.ts";

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
