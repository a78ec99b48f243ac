import type { SmtpFailure } from "@/web/gateways/mail/types.ts";
import { type SessionOptions, SmtpSession } from "@/web/gateways/mail/smtp_session.ts";
import type { OpenedServer } from "./outbox_parts.ts";

/** A connection of a pass: its session, and the settings that it was opened with. */
export interface Line {
  session: SmtpSession | null;
  settings: string;
  /** Of those settings. */
  revision: number | null;
}

/** What the lines of a pass do. */
export interface LinesOptions {
  /** Connections at once, whatever the provider allows. */
  max: number;
  session: SessionOptions;
  /** Hands over one message after the other. */
  work: (line: Line) => Promise<void>;
  /** A line ended in an error. */
  onFailure: (error: unknown) => void;
}

/** Some servers end a connection after so many; it is changed before. */
const MESSAGES_PER_CONNECTION = 100;

/** The connections of a pass, as many as work needs and the server takes. */
export class SendingLines {
  readonly #options: LinesOptions;
  readonly #running = new Set<Promise<void>>();
  /** Fewer once the server refuses one more. */
  #max: number;
  /** With a session. */
  #open = 0;

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#max = options.max;
  }

  /** How many have a session. */
  get open(): number {
    return this.#open;
  }

  /** No more from now on than this many. */
  limit(max: number): void {
    this.#max = max;
  }

  /** Works with one line, and those that it adds, until all have ended. */
  async run(): Promise<void> {
    this.#add();
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  /** Adds lines while there is work for another one, up to a number that may be used now. */
  fill(max: number, hasWork: () => boolean): void {
    while (this.#running.size < Math.min(max, this.#max) && hasWork()) this.#add();
  }

  #add(): void {
    const { work, onFailure } = this.#options;
    const line: Line = { session: null, settings: "", revision: null };
    const running: Promise<void> = work(line).catch(onFailure).finally(() => {
      this.close(line);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Gives the line a session that goes by these settings. @returns whether it is a new one, or what it failed at */
  async openSession(
    line: Line,
    { server }: OpenedServer,
    revision: number | null,
  ): Promise<{ ok: true; isNew: boolean } | { ok: false; failure: SmtpFailure }> {
    const settings = JSON.stringify(server);
    const isGood = line.session?.isOpen === true && line.settings === settings &&
      line.session.sent < MESSAGES_PER_CONNECTION;
    if (isGood) return { ok: true, isNew: false };
    this.close(line);
    line.revision = revision;
    const result = await SmtpSession.open(server, this.#options.session);
    if (!result.ok) return result;
    line.session = result.session;
    line.settings = settings;
    this.#open++;
    return { ok: true, isNew: true };
  }

  /** Says goodbye to the server, where it is spoken to. */
  close(line: Line): void {
    if (line.session === null) return;
    line.session.close();
    line.session = null;
    this.#open--;
  }
}
