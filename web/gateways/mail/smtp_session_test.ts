import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { loginsAt, startIspMail } from "@/tests/mail/isp_mail.ts";
import { startPicky } from "@/tests/mail/picky_server.ts";
import { SMTPServer } from "smtp-server";
import { buildMessage } from "./build_message.ts";
import { SmtpSession } from "./smtp_session.ts";
import { trySmtp } from "./try_smtp.ts";
import type { OutgoingMail, SmtpServer, SmtpStep } from "./types.ts";

const QUICK = { connectMs: 1_000, greetingMs: 1_000, openMs: 2_000, messageMs: 700, answerMs: 700 };

function server(port: number, over: Partial<SmtpServer> = {}): SmtpServer {
  const login = { kind: "password", username: "isp", password: "good" } as const;
  return { host: "127.0.0.1", port, encryption: "none", login, reach: "anywhere", ...over };
}

function mailTo(address: string): OutgoingMail {
  return {
    from: { name: "Ilaya Net", address: "bills@ilaya.test" },
    replyTo: null,
    to: { name: "", address },
    subject: "Your bill",
    html: "<p>Your bill</p>",
    text: "Your bill",
    messageId: `<${crypto.randomUUID()}@ilaya.test>`,
    date: Temporal.Instant.from("2026-02-03T04:05:06Z"),
    headers: {},
    attachments: [],
  };
}

const yes = () => Promise.resolve(true);

async function openOn(port: number): Promise<SmtpSession> {
  const opened = await SmtpSession.open(server(port), QUICK);
  assert.ok(opened.ok, JSON.stringify(opened));
  return opened.session;
}

Deno.test("a refused recipient spoils nothing: ten others go over the same connection (mail-13)", async () => {
  await using smtp = await startIspMail();
  const session = await openOn(smtp.port);
  for (const to of ["550@example.test", "554@example.test", "450always@example.test"]) {
    const result = await session.send(buildMessage(mailTo(to)), yes);
    assert.equal(result.ok, false);
    assert.equal(session.isOpen, true, to);
  }
  for (let n = 0; n < 10; n++) {
    assert.equal((await session.send(buildMessage(mailTo(`juan${n}@example.test`)), yes)).ok, true);
  }
  session.close();
  assert.equal(loginsAt(smtp), 1);
  assert.equal(smtp.mailbox.taken, 10);
});

Deno.test("what may not be begun is not handed over, not a byte of it", async () => {
  await using smtp = await startIspMail();
  const session = await openOn(smtp.port);
  await assert.rejects(session.send(buildMessage(mailTo("juan@example.test")), () => Promise.resolve(false)));
  const broken = await openOn(smtp.port);
  const fails = () => Promise.reject(new Error("the database is away"));
  await assert.rejects(broken.send(buildMessage(mailTo("juan@example.test")), fails), /the database is away/);
  assert.equal(session.isOpen || broken.isOpen, false);
  assert.equal(smtp.mailbox.taken, 0);
});

/** A server that speaks as it is told, and drips bytes from a command on. */
async function dripFrom(command: string): Promise<{ port: number; close: () => void; ended: Promise<void> }> {
  const sockets = new Set<Socket>();
  const over = Promise.withResolvers<void>();
  const raw = createServer((socket) => {
    sockets.add(socket);
    let timer: ReturnType<typeof setInterval> | undefined;
    const say = (text: string) => socket.write(text);
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      over.resolve();
    });
    say("220 drip ESMTP\r\n");
    socket.on("data", (bytes) => {
      const line = bytes.toString();
      if (timer !== undefined) return;
      if (line.startsWith(command) || command === "." && line.endsWith("\r\n.\r\n")) {
        timer = setInterval(() => say("250-still thinking\r\n"), 50);
      } else if (line.startsWith("DATA")) say("354 go on\r\n");
      else if (line.endsWith("\r\n")) say("250 fine\r\n");
    });
  });
  await new Promise<void>((resolve) => raw.listen(0, "127.0.0.1", () => resolve()));
  const { port } = raw.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    raw.close();
  };
  return { port, close, ended: over.promise };
}

Deno.test("a server that drips is ended by the one deadline of the message, and its connection is cut", async () => {
  for (const [command, problem] of [["MAIL FROM", "timed_out"], [".", "answer_lost"]] as const) {
    const drip = await dripFrom(command);
    const opened = await SmtpSession.open(server(drip.port, { login: null }), QUICK);
    assert.ok(opened.ok);
    const startedAt = performance.now();
    const result = await opened.session.send(buildMessage(mailTo("juan@example.test")), yes);
    assert.equal(result.ok ? null : result.failure.problem, problem);
    assert.ok(performance.now() - startedAt < 2_000);
    await drip.ended;
    drip.close();
  }
});

Deno.test("a server that looks at a message for longer than the rest may take is waited for, and not without end", async () => {
  await using smtp = await startPicky({ lookMs: 400 });
  for (const [answerMs, problem] of [[10_000, null], [100, "answer_lost"]] as const) {
    const opened = await SmtpSession.open(server(smtp.port), { ...QUICK, messageMs: 200, answerMs });
    assert.ok(opened.ok);
    const result = await opened.session.send(buildMessage(mailTo("juan@example.test")), yes);
    assert.equal(result.ok ? null : result.failure.problem, problem);
    opened.session.close();
  }
});

Deno.test("a resolver that does not answer is waited for until the deadline, or until nobody waits", async () => {
  const resolve = () => new Promise<never>(() => {});
  const stopping = new AbortController();
  for (const options of [{ openMs: 50 }, { openMs: 600_000, signal: stopping.signal }]) {
    const opening = SmtpSession.open(server(587, { host: "mail.isp.test" }), {
      ...QUICK,
      ...options,
      resolve,
    });
    if ("signal" in options) stopping.abort();
    const opened = await opening;
    assert.ok(!opened.ok);
    assert.deepEqual([opened.step, opened.failure.problem], ["name", "name_unanswered"]);
  }
});

const TRIALS: readonly [name: string, over: Partial<SmtpServer>, stoppedAt: SmtpStep | null][] = [
  ["a name that is not there", { host: "mail.invalid" }, "name"],
  ["nobody listens", { port: 1 }, "connect"],
  ["encryption where there is none", { encryption: "tls" }, "encryption"],
  ["STARTTLS that is not offered", { encryption: "starttls" }, "encryption"],
  ["a wrong login", { login: { kind: "password", username: "isp", password: "bad" } }, "login"],
  ["nothing wrong", {}, null],
];

Deno.test("a test of the settings says how far it came", async (t) => {
  await using smtp = await startIspMail();
  for (const [name, over, stoppedAt] of TRIALS) {
    await t.step(name, async () => {
      const { signal } = new AbortController();
      const mail = mailTo("juan@example.test");
      const trial = await trySmtp(server(smtp.port, over), mail, signal, QUICK);
      assert.equal(trial.stoppedAt, stoppedAt, JSON.stringify(trial));
    });
  }
  await t.step("a refused sender, in the server's words", async () => {
    await smtp.turn({ senderRefused: true });
    const mail = mailTo("juan@example.test");
    const trial = await trySmtp(server(smtp.port), mail, new AbortController().signal, QUICK);
    assert.deepEqual([trial.stoppedAt, trial.failure?.words], [
      "sender",
      "553 5.7.1 The sender address is not yours",
    ]);
  });
  await t.step("a signal ends it", async () => {
    const mail = mailTo("tarpit-data@example.test");
    await smtp.turn({ senderRefused: false });
    const trial = await trySmtp(server(smtp.port), mail, AbortSignal.timeout(300), {
      ...QUICK,
      messageMs: 60_000,
    });
    assert.equal(trial.stoppedAt, "accepted");
  });
});

Deno.test("in an installation for many no server of a private network and no other port is dialled", async () => {
  for (const host of ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "::1"]) {
    const opened = await SmtpSession.open(server(587, { host, reach: "public" }), QUICK);
    assert.ok(!opened.ok && opened.step === "name", host);
  }
  const opened = await SmtpSession.open(server(6379, { host: "192.0.2.1", reach: "public" }), QUICK);
  assert.equal(opened.ok ? null : opened.failure.problem, "address_not_allowed");
});

Deno.test("a token logs in where a password would not", async () => {
  let asked = "";
  const tokens = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    asked = await request.text();
    return Response.json({ access_token: "ya29.token", expires_in: 3600 });
  });
  let got = "";
  const smtp = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    authMethods: ["XOAUTH2"],
    onAuth({ method, accessToken }, _session, done) {
      got = `${method} ${accessToken}`;
      done(null, { user: "isp" });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", () => resolve()));
  const { port } = smtp.server.address() as { port: number };
  const login = {
    kind: "oauth2",
    username: "bills@ilaya.test",
    clientId: "client",
    clientSecret: "hidden",
    refreshToken: "again",
    tokenUrl: `http://127.0.0.1:${tokens.addr.port}/token`,
  } as const;
  const opened = await SmtpSession.open(server(port, { login }), QUICK);
  assert.ok(opened.ok, JSON.stringify(opened));
  opened.session.close();
  assert.equal(got, "XOAUTH2 ya29.token");
  assert.equal(new URLSearchParams(asked).get("refresh_token"), "again");
  await tokens.shutdown();
  const gone = await SmtpSession.open(server(port, { login }), QUICK);
  assert.equal(
    gone.ok ? null : gone.failure.problem,
    "server_busy",
    "which passes, and a refused login does not",
  );
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
