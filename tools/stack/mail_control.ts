import { z } from "zod";
import type { MailSim, MailSwitches, TakenMail } from "@/sim/mail/mod.ts";

/** Most mails of one answer. */
const LISTED_MAX = 200;
const faultBody = z.object({ fault: z.enum(["away", "login_refused", "daily_limit"]), on: z.boolean() });

/** Lets the web's Mailbox see what the stack's mail server took, and turn its switches. */
export class MailControl {
  readonly #sim: MailSim;
  /** The newest mail that somebody has had before them in the Mailbox. */
  #seen = 0;

  constructor(sim: MailSim) {
    this.#sim = sim;
  }

  /** What the demo bar and the page of plugs show. */
  status() {
    const { away, loginRefused, dailyLimit } = this.#sim.switches;
    return {
      address: this.#sim.address,
      unseen: this.#sim.mailbox.taken - this.#seen,
      faults: { away, login_refused: loginRefused, daily_limit: dailyLimit !== null },
    };
  }

  /** Answers what is about mail; null for anything else. */
  async answer(request: Request): Promise<Response | null> {
    const url = new URL(request.url);
    if (request.method === "POST" && url.pathname === "/mail") {
      const { fault, on } = faultBody.parse(await request.json());
      await this.#sim.turn(switchOf(fault, on));
      return Response.json({});
    }
    if (request.method !== "GET") return null;
    if (url.pathname === "/mails") return Response.json(await this.#list(url.searchParams.get("to") ?? ""));
    const [, id, file] = /^\/mails\/(\d{1,9})(?:\/files\/(\d{1,4}))?$/.exec(url.pathname) ?? [];
    if (id === undefined) return null;
    const mail = this.#sim.mailbox.find(Number(id));
    if (mail === null) return new Response(null, { status: 404 });
    return file === undefined ? Response.json(await this.#whole(mail)) : await this.#file(mail, Number(file));
  }

  async #list(to: string) {
    const { mailbox } = this.#sim;
    this.#seen = mailbox.taken;
    const wanted = to.toLowerCase();
    const fitting = mailbox.list().filter(({ rcptTo }) =>
      rcptTo.some((address) => address.toLowerCase().includes(wanted))
    );
    const newest = fitting.slice(-LISTED_MAX).reverse();
    return { total: fitting.length, mails: await Promise.all(newest.map((mail) => this.#row(mail))) };
  }

  async #row(mail: TakenMail) {
    const { from, subject, date } = await this.#sim.mailbox.head(mail);
    const { id, rcptTo, takenAt, isAnswered } = mail;
    return { id, to: rcptTo, from, subject, date, takenAt: takenAt.toString(), isAnswered };
  }

  async #whole(mail: TakenMail) {
    const { from, to, replyTo, subject, date, headers, text, html, attachments } = await this.#sim.mailbox
      .read(mail);
    const { id, rcptTo, takenAt, isAnswered, isSecure, raw } = mail;
    return {
      ...{ id, rcptTo, takenAt: takenAt.toString(), isAnswered, isSecure, bytes: raw.length },
      ...{ from, to, replyTo, subject, date, headers, text, html },
      files: attachments.map(({ fileName, contentType, content, contentId }, index) => ({
        ...{ index, fileName, contentType, bytes: content.length, isInText: contentId !== null },
      })),
    };
  }

  async #file(mail: TakenMail, index: number): Promise<Response> {
    const file = (await this.#sim.mailbox.read(mail)).attachments[index];
    if (file === undefined) return new Response(null, { status: 404 });
    return new Response(new Uint8Array(file.content), {
      headers: {
        "content-type": file.contentType,
        "x-file-name": encodeURIComponent(file.fileName),
      },
    });
  }
}

function switchOf(fault: z.infer<typeof faultBody>["fault"], on: boolean): Partial<MailSwitches> {
  switch (fault) {
    case "away":
      return { away: on };
    case "login_refused":
      return { loginRefused: on };
    case "daily_limit":
      return { dailyLimit: on ? 0 : null };
  }
}
