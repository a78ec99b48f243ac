import { startWorker } from "@/tests/mail/outbox_isp.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { buildMessage, type BuiltMessage } from "@/web/gateways/mail/build_message.ts";
import type { OpenedServer, OutboxParts } from "@/web/services/mail/outbox_parts.ts";

/** What a statement of account weighs. */
const PDF = crypto.getRandomValues(new Uint8Array(28_600));

const HTML = `<!doctype html><html><body>${
  "<p>Your bill of <b>₱1,499.00</b> is due on 8 Mar 2026.</p>".repeat(12)
}</body></html>`;
const TEXT = "Your bill of ₱1,499.00 is due on 8 Mar 2026.\n".repeat(12);

const FROM = { name: "Ilaya Net", address: "bills@ilaya.test" };

/** A bill as it is mailed, with its statement. */
const COMPOSED = {
  toName: "Juan Cruz",
  language: "en" as const,
  subject: "Your bill of ₱1,499.00",
  html: HTML,
  text: TEXT,
  headers: {},
  attachments: [{ fileName: "Statement.pdf", contentType: "application/pdf", content: PDF }],
};

/** A server without a login on a port of this machine. */
export function sinkOn(port: number): OpenedServer {
  return {
    server: { host: "127.0.0.1", port, encryption: "none", login: null, reach: "anywhere" },
    from: FROM,
    replyTo: null,
    hourlyMax: null,
    dailyMax: null,
  };
}

/** Parts that make the same mail for everybody. */
export function billParts(port: number): OutboxParts {
  return {
    openServer: () => Promise.resolve(sinkOn(port)),
    whyNot: () => Promise.resolve(new Map()),
    compose: () => Promise.resolve(COMPOSED),
  };
}

/** The same message as bytes, for whoever sends it by hand. */
export function rawBill(): BuiltMessage {
  return buildMessage({
    ...COMPOSED,
    from: FROM,
    replyTo: null,
    to: { name: COMPOSED.toName, address: "juan@example.test" },
    messageId: `<${crypto.randomUUID()}@ilaya.test>`,
    date: Temporal.Instant.from("2026-02-03T04:05:06Z"),
  });
}

/** Sends what is queued and says how long it took. */
export async function timeOutbox(isp: Isp, port: number, isDone: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  const worker = startWorker(isp, billParts(port), {
    session: {},
    leaseMs: 30_000,
    passMs: 600_000,
    pollMs: 20,
  });
  while (!await isDone()) await new Promise((resolve) => setTimeout(resolve, 20));
  const ms = performance.now() - startedAt;
  await worker.stop();
  return ms;
}
