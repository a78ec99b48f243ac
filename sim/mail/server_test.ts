import assert from "node:assert/strict";
import { RawClient, send } from "./_test_client.ts";
import { type MailSimOptions, startMailSim } from "./mod.ts";
import type { MailSim } from "./server.ts";

const LOGIN = { user: "billing@isp.test", password: "kape at pandesal" };
const AUTH = { user: LOGIN.user, pass: LOGIN.password };

/** A test of one server; the client's sockets close a moment after it. */
function server(name: string, options: MailSimOptions, fn: (sim: MailSim) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using sim = await startMailSim(options);
      await fn(sim);
    },
  });
}

server("a mail that is sent is read whole: text, page, files, headers", {}, async (sim) => {
  const pdf = new TextEncoder().encode("%PDF-1.7 not really");
  const sent = await send(sim, {
    to: '"Peña, Ñora" <nora@example.test>',
    subject: "Bill ₱1,499.00",
    html: '<p>Bill</p><img src="cid:logo">',
    messageId: "<one@isp.test>",
    attachments: [
      { filename: "Statement.pdf", content: pdf, contentType: "application/pdf" },
      { filename: "logo.png", content: Uint8Array.of(1, 2, 3), contentType: "image/png", cid: "logo" },
    ],
  });
  assert.match(sent.answer, /^250/);
  const [mail] = sim.mailbox.list();
  assert.ok(mail !== undefined);
  assert.deepEqual(
    [mail.mailFrom, mail.rcptTo, mail.isSecure, mail.isAnswered, mail.messageId],
    ["billing@isp.test", ["nora@example.test"], true, true, "<one@isp.test>"],
  );
  const read = await sim.mailbox.read(mail);
  assert.equal(read.subject, "Bill ₱1,499.00");
  assert.match(read.from, /Bayan Net.*billing@isp\.test/);
  assert.match(read.to, /Peña, Ñora/);
  assert.equal(read.text.trim(), "May bill ka na");
  assert.match(read.html ?? "", /<img src="data:image\/png;base64,AQID"/);
  const file = read.attachments.find(({ contentType }) => contentType === "application/pdf");
  assert.equal(file?.fileName, "Statement.pdf");
  assert.deepEqual([...file?.content ?? []], [...pdf]);
  assert.ok(read.headers.some((line) => line.startsWith("MIME-Version:")));
  assert.deepEqual(await sim.mailbox.head(mail), {
    from: read.from,
    to: read.to,
    subject: read.subject,
    date: read.date,
  });
});

server("a mail of 10 MB is taken, and its subject is known without reading its file", {}, async (sim) => {
  const content = new Uint8Array(10_000_000).fill(65);
  await send(sim, {
    to: "juan@example.test",
    attachments: [{ filename: "logo.bin", content, contentType: "application/octet-stream" }],
    timeoutMs: 60_000,
  });
  const [mail] = sim.mailbox.list();
  assert.ok(mail !== undefined && mail.raw.length > content.length);
  assert.equal((await sim.mailbox.head(mail)).subject, "Bill");
  assert.equal((await sim.mailbox.read(mail)).attachments[0]?.content.length, content.length);
});

Deno.test({
  name: "each kind of encryption, and a certificate that is trusted for its name alone",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (const encryption of ["starttls", "tls", "none"] as const) {
      await using sim = await startMailSim({ encryption });
      const sent = await send(sim, { to: "juan@example.test" });
      assert.match(sent.answer, /^250/, encryption);
      assert.equal(sim.mailbox.list()[0]?.isSecure, encryption !== "none", encryption);
      assert.equal(sim.authority === null, encryption === "none");
      if (encryption === "none") continue;
      await sim.turn({ certificate: "wrong name" });
      assert.match((await send(sim, { to: "juan@example.test" })).answer, /NotValidForName|altname/i);
      await sim.turn({ certificate: "expired" });
      assert.match((await send(sim, { to: "juan@example.test" })).answer, /expired|unable to verify/i);
      await sim.turn({ certificate: "own" });
      const stranger = await send(sim, { to: "juan@example.test", tls: { ca: undefined } });
      assert.match(stranger.answer, /unable to verify|issuer|self.signed/i);
      assert.match((await send(sim, { to: "juan@example.test" })).answer, /^250/);
    }
  },
});

server("a login is asked for and checked; nothing is taken from who has none", {
  login: LOGIN,
}, async (sim) => {
  assert.equal((await send(sim, { to: "juan@example.test" })).responseCode, 530);
  const wrong = await send(sim, { to: "juan@example.test", login: { ...AUTH, pass: "resibo" } });
  assert.match(wrong.answer, /535 5\.7\.8/);
  assert.match((await send(sim, { to: "juan@example.test", login: AUTH })).answer, /^250/);
  assert.deepEqual({ ...sim.counts }, { connections: 3, logins: 1, loginsRefused: 1, messages: 1 });
  assert.equal(sim.mailbox.list()[0]?.user, LOGIN.user);
});

server("a login that may be left out is checked where it is given", {
  login: { ...LOGIN, isOptional: true },
}, async (sim) => {
  assert.match((await send(sim, { to: "juan@example.test" })).answer, /^250/);
  assert.match((await send(sim, { to: "juan@example.test", login: AUTH })).answer, /^250/);
  assert.match(
    (await send(sim, { to: "juan@example.test", login: { ...AUTH, pass: "x" } })).answer,
    /535/,
  );
  await sim.turn({ loginRefused: true });
  assert.equal((await send(sim, { to: "juan@example.test" })).responseCode, 530);
});

const SWITCHED = [
  { change: { noTls: true }, sees: /STARTTLS/i },
  { change: { loginRefused: true }, sees: /535 5\.7\.8/ },
  { change: { basicLoginEnded: true }, sees: /550 5\.7\.30/ },
  { change: { senderRefused: true }, sees: /553 5\.7\.1/ },
  { change: { dailyLimit: 0 }, sees: /550 5\.4\.5/ },
  { change: { dropping: true }, sees: /close|reset|ECONN/i },
  { change: { away: true }, sees: /ECONNREFUSED/ },
  { change: { silent: true }, sees: /Timeout|Greeting never received/ },
] as const;

for (const { change, sees } of SWITCHED) {
  server(`switched ${JSON.stringify(change)}, and back`, { login: LOGIN }, async (sim) => {
    const { port } = sim;
    const sending = { to: "juan@example.test", login: AUTH, requireTLS: true, timeoutMs: 1_000 };
    await sim.turn(change);
    assert.match((await send(sim, sending)).answer, sees);
    assert.equal(sim.mailbox.taken, 0);
    const back = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [name, value === 0 ? null : false]),
    );
    await sim.turn(back);
    assert.match((await send(sim, { ...sending, timeoutMs: 5_000 })).answer, /^250/);
    assert.equal(sim.port, port);
  });
}

server("the daily limit counts from when it is set", { encryption: "none" }, async (sim) => {
  const answers = async (count: number) => {
    const seen = [];
    for (let i = 0; i < count; i++) {
      seen.push((await send(sim, { to: "juan@example.test" })).responseCode);
    }
    return seen;
  };
  assert.deepEqual(await answers(2), [250, 250]);
  await sim.turn({ dailyLimit: 2 });
  assert.deepEqual(await answers(3), [250, 250, 550]);
  await sim.turn({ dailyLimit: 1 });
  assert.deepEqual(await answers(2), [250, 550]);
});

Deno.test("a port that is taken is said, and the first server goes on", async () => {
  await using first = await startMailSim({ encryption: "none" });
  await assert.rejects(
    startMailSim({ encryption: "none", port: first.port }),
    /Cannot listen on 127\.0\.0\.1:\d+: .*(EADDRINUSE|in use)/i,
  );
  await using client = await RawClient.to(first);
  assert.ok(await client.hears(/^220 mail\.isp\.test ESMTP\r\n/));
});

Deno.test("the box keeps the newest, and still knows what came twice", async () => {
  await using sim = await startMailSim({ encryption: "none", limits: { mails: 3 } });
  const { mailbox } = sim;
  const delivery = { mailFrom: "", rcptTo: [], isSecure: false, user: null, isAnswered: true };
  for (const id of ["a", "a", "b", "c", "d"]) {
    mailbox.add(new TextEncoder().encode(`Message-ID: <${id}@isp.test>\r\n\r\ntext`), delivery);
  }
  assert.deepEqual(mailbox.list().map(({ id }) => id), [3, 4, 5]);
  assert.deepEqual([...mailbox.timesByMessageId], [
    ["<a@isp.test>", 2],
    ["<b@isp.test>", 1],
    ["<c@isp.test>", 1],
    ["<d@isp.test>", 1],
  ]);
  const late = mailbox.wait(({ id }) => id === 6, { timeoutMs: 5_000, what: "the sixth" });
  mailbox.add(new TextEncoder().encode("Subject: six\n\nMessage-ID: <not@a.header>"), delivery);
  assert.equal((await late).messageId, "");
  await assert.rejects(
    mailbox.wait(() => false, { timeoutMs: 1, what: "a seventh" }),
    /Cannot see a seventh: 6 mails came/,
  );
});
