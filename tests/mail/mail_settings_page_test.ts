import assert from "node:assert/strict";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";
import { failure, FORM, GMAIL, PASSWORD, smtpDouble, valueOf, withPages } from "./mail_settings.ts";

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
