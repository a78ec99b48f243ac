import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A message as the server got it. */
export interface TakenMail {
  to: string;
  raw: string;
  messageId: string;
}

/** What a server says. */
interface Answer {
  code: number;
  text: string;
}

/** A mail server on a port of its own, with faults by the recipient's local part. */
export interface TestSmtpServer extends AsyncDisposable {
  port: number;
  taken: TakenMail[];
  /** Logins that were tried. */
  logins: number;
  /** Messages that it takes before its daily limit. */
  limit: number;
  password: string;
  /** What it says to every sender; null: nothing is wrong with them. */
  senderRefusal: Answer | null;
  /** The same of recipients, and of messages. */
  recipientRefusal: Answer | null;
  messageRefusal: Answer | null;
  close(): Promise<void>;
}

function answer(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** What the server says to RCPT, by local part. */
const RCPT: Readonly<Record<string, Error>> = {
  "550": answer(550, "5.1.1 no such user here"),
  "451": answer(451, "4.7.1 greylisted, come again"),
  full: answer(552, "5.2.2 mailbox full"),
  policy: answer(550, "5.7.1 blocked by policy"),
};

/** What it says to the message. */
const DATA: Readonly<Record<string, Error>> = {
  spam: answer(554, "5.7.1 message looks like spam"),
  busy: answer(421, "4.3.0 Temporary System Problem"),
};

/** Starts it; options of smtp-server go before ours. */
export async function startSmtpServer(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
  const greylisted = new Set<string>();
  const state: Omit<TestSmtpServer, "port" | "close" | typeof Symbol.asyncDispose> = {
    taken: [],
    logins: 0,
    limit: Infinity,
    password: "good",
    senderRefusal: null,
    recipientRefusal: null,
    messageRefusal: null,
  };
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authOptional: false,
    logger: false,
    disableReverseLookup: true,
    onAuth({ password }, _session, done) {
      state.logins++;
      if (password === state.password) done(null, { user: "isp" });
      else done(answer(535, "5.7.8 username and password not accepted"));
    },
    onMailFrom(_address, _session, done) {
      const { senderRefusal } = state;
      done(senderRefusal === null ? null : answer(senderRefusal.code, senderRefusal.text));
    },
    onRcptTo({ address }, _session, done) {
      const local = address.split("@")[0] ?? "";
      const { recipientRefusal } = state;
      if (recipientRefusal !== null) done(answer(recipientRefusal.code, recipientRefusal.text));
      else if (local === "grey" && !greylisted.has(address)) {
        greylisted.add(address);
        done(RCPT["451"]);
      } else done(RCPT[local]);
    },
    onData(stream, session, done) {
      const to = session.envelope.rcptTo[0]?.address ?? "";
      const local = to.split("@")[0] ?? "";
      const parts: Uint8Array[] = [];
      stream.on("data", (part: Uint8Array) => parts.push(part));
      stream.on("end", () => {
        const raw = new TextDecoder().decode(concat(parts));
        const take = () =>
          state.taken.push({ to, raw, messageId: /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim() ?? "" });
        if (local === "tarpit") return;
        if (local === "cut") {
          take();
          for (const connection of server.connections) {
            // deno-lint-ignore no-explicit-any
            if ((connection as any).session.id === session.id) (connection as any)._socket.destroy();
          }
          return;
        }
        const { messageRefusal } = state;
        if (messageRefusal !== null) return done(answer(messageRefusal.code, messageRefusal.text));
        if (DATA[local] !== undefined) return done(DATA[local]);
        if (state.taken.length >= state.limit) {
          return done(answer(550, "5.4.5 Daily user sending limit exceeded"));
        }
        take();
        done(null, "2.0.0 queued");
      });
    },
    ...options,
  });
  // A client that does not trust the certificate, or goes away: the test sees it from the other side.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start mail server: no port");
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      // deno-lint-ignore no-explicit-any
      for (const connection of server.connections) (connection as any)._socket.destroy();
    });
  return Object.assign(state, { port: address.port, close, [Symbol.asyncDispose]: close });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
