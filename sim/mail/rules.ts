import { Buffer } from "node:buffer";
import type {
  SMTPServerAddress,
  SMTPServerDataStream,
  SMTPServerOptions,
  SMTPServerSession,
} from "smtp-server";
import { type AddressFault, faultOf, type Reply } from "./faults.ts";
import type { Mailbox } from "./mailbox.ts";
import type { MailSwitches } from "./switches.ts";

/** The connection of a session, beneath what SMTP says on it. */
export interface Conversation {
  /** Aborted when the server closes. */
  closing: AbortSignal;
  isOpen(): boolean;
  write(text: string): void;
  hangUp(): void;
}

/** What happened at a server since its start. */
export interface MailCounts {
  connections: number;
  logins: number;
  loginsRefused: number;
  /** Messages that were taken. */
  messages: number;
}

/** What the rules decide with. */
export interface MailRulesOptions {
  mailbox: Mailbox;
  counts: MailCounts;
  login: { user: string; password: string } | null;
  dripMs: number;
  slowMs: number;
  switches(): MailSwitches;
  conversation(session: SMTPServerSession): Conversation;
}

/** What drips before the answer proper: a line that says that another one follows. */
const DRIPPED = "250-Please wait\r\n";
const LOGIN_REFUSED: Reply = { code: 535, text: "5.7.8 Username and password not accepted" };
const BASIC_LOGIN_ENDED: Reply = {
  code: 550,
  text: "5.7.30 Basic authentication is not supported for client submission",
};
const SENDER_REFUSED: Reply = { code: 553, text: "5.7.1 The sender address is not yours" };
const LIMIT_REACHED: Reply = { code: 550, text: "5.4.5 Daily user sending limit exceeded" };

/** What the server answers at each step of a message. */
export class MailRules {
  readonly #options: MailRulesOptions;
  /** Addresses that were greylisted once. */
  readonly #seen = new Set<string>();
  #takenToday = 0;

  constructor(options: MailRulesOptions) {
    this.#options = options;
  }

  /** From here on the messages of the day are counted. */
  beginDay(): void {
    this.#takenToday = 0;
  }

  handlers(): Pick<SMTPServerOptions, "onConnect" | "onAuth" | "onMailFrom" | "onRcptTo" | "onData"> {
    return {
      // Whoever hears nothing after all has to give up by itself.
      onConnect: (_session, answer) => {
        if (!this.#options.switches().silent) answer();
      },
      onAuth: ({ username, password }, _session, answer) => {
        const reply = this.#login(username ?? "", password ?? "");
        if (reply === null) answer(null, { user: username });
        else answer(refusal(reply));
      },
      onMailFrom: (_address, _session, answer) =>
        answer(this.#options.switches().senderRefused ? refusal(SENDER_REFUSED) : null),
      onRcptTo: (address, session, answer) =>
        void this.#recipient(address, session).then((reply) => answer(reply && refusal(reply))),
      onData: (stream, session, answer) =>
        void this.#message(stream, session).then((reply) => {
          if (reply !== "none") answer(reply && refusal(reply));
        }),
    };
  }

  #login(user: string, password: string): Reply | null {
    const { counts, login } = this.#options;
    const { loginRefused, basicLoginEnded } = this.#options.switches();
    const isRight = login !== null && user === login.user && password === login.password;
    const reply = basicLoginEnded ? BASIC_LOGIN_ENDED : loginRefused || !isRight ? LOGIN_REFUSED : null;
    if (reply === null) counts.logins++;
    else counts.loginsRefused++;
    return reply;
  }

  async #recipient({ address }: SMTPServerAddress, session: SMTPServerSession): Promise<Reply | null> {
    const { everyRecipient } = this.#options.switches();
    if (everyRecipient !== null) return everyRecipient;
    const fault = faultOf(address);
    if (fault?.trouble === "drip_recipient") await this.#drip(session);
    if (fault?.recipient === undefined) return null;
    const key = address.toLowerCase();
    if (fault.recipient.isFirstOnly && this.#seen.has(key)) return null;
    this.#seen.add(key);
    return fault.recipient.reply;
  }

  /** `none`: it is left without an answer. */
  async #message(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
  ): Promise<Reply | null | "none"> {
    const { mailFrom, rcptTo } = session.envelope;
    const recipients = rcptTo.map(({ address }) => address);
    const fault = recipients.map(faultOf).find((one): one is AddressFault => one !== null);
    const conversation = this.#options.conversation(session);
    if (fault?.trouble === "cut_before_data") {
      conversation.hangUp();
      return "none";
    }
    const raw = await collect(stream);
    // A message whose end never came was not handed over.
    if (raw === null) return "none";
    const refused = this.#options.switches().everyMessage ?? fault?.message ?? this.#beyondLimit();
    if (refused !== null) return refused;
    if (fault?.trouble === "wait_message") await pause(this.#options.slowMs, conversation);
    const isCut = fault?.trouble === "cut_after_data";
    this.#takenToday++;
    this.#options.counts.messages++;
    this.#options.mailbox.add(raw, {
      mailFrom: mailFrom === false ? "" : mailFrom.address,
      rcptTo: recipients,
      isSecure: session.secure,
      user: session.user || null,
      isAnswered: !isCut,
    });
    if (fault?.trouble === "drip_message") await this.#drip(session);
    if (isCut) conversation.hangUp();
    return isCut ? "none" : null;
  }

  #beyondLimit(): Reply | null {
    const { dailyLimit } = this.#options.switches();
    return dailyLimit !== null && this.#takenToday >= dailyLimit ? LIMIT_REACHED : null;
  }

  /** One byte at a time, so that no timeout of a silent socket is ever reached. */
  async #drip(session: SMTPServerSession): Promise<void> {
    const conversation = this.#options.conversation(session);
    for (const character of DRIPPED) {
      if (!conversation.isOpen()) return;
      conversation.write(character);
      await pause(this.#options.dripMs, conversation);
    }
  }
}

function refusal({ code, text }: Reply): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** The whole message; null where the connection ended before it did. */
async function collect(stream: SMTPServerDataStream): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  } catch {
    return null;
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Waits; not for longer than there is somebody to answer to. */
async function pause(ms: number, { closing, isOpen }: Conversation): Promise<void> {
  const until = performance.now() + ms;
  while (isOpen() && !closing.aborted) {
    const left = until - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(left, 250), closing);
  }
}

/** Resolves after a time, or as soon as the server closes. */
function sleep(ms: number, closing: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => {
    clearTimeout(timer);
    resolve();
  };
  closing.addEventListener("abort", wake, { once: true });
  return promise.finally(() => closing.removeEventListener("abort", wake));
}
