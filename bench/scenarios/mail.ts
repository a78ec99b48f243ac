import { silentLogger } from "@/shared/log.ts";
import { createMailingIsp, queueOneEach } from "@/tests/mail/outbox_isp.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { POOL_SIZES } from "@/web/store/db/pools.ts";
import { rawBill, timeOutbox } from "../mail_parts.ts";
import { median, type Scenario } from "../row.ts";
import { startBenchDatabase } from "./bill_run.ts";

const MAILS = 2_000;
const ROUNDS = 5;
const GOAL = 0.3;
const MANY = 10_000;
const MEMORY_GOAL = 1.15;

/** Bills that go out of the outbox, against the least that handing the same bytes to the same server takes. */
export const mail: Scenario = {
  name: "mail",
  what:
    `${MAILS} bills with a statement of 28.6 KB out of the outbox; floor: the same bytes by a raw SMTP loop`,
  async run() {
    await using database = await startBenchDatabase();
    // As few connections as the web gives to mail.
    const few = openDatabase({ url: database.appUrl, maxConnections: POOL_SIZES.mail, log: silentLogger });
    const addresses = Array.from({ length: MAILS }, (_, n) => `juan${n}@example.test`);
    const isp = await createMailingIsp(few, addresses);
    using sink = await MailSink.start();
    const isDone = async () => {
      const text = "select from mail_messages where tenant_id = $1 and state = 'queued' limit 1";
      return (await database.query(text, [isp.tenantId])).rowCount === 0;
    };
    // The first round warms both.
    await timeOutbox(isp, sink.port, isDone);
    await timeRawLoop(sink.port, MAILS / 4);
    // What autovacuum does within a minute.
    await database.query("analyze");
    const rounds: { ours: number; raw: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await queueOneEach(isp, `round ${round}`);
      await database.query("checkpoint");
      const ours = MAILS / (await timeOutbox(isp, sink.port, isDone)) * 1000;
      const raw = MAILS / (await timeRawLoop(sink.port, MAILS)) * 1000;
      rounds.push({ ours, raw });
    }
    await few.close();
    const ratio = median(rounds.map(({ ours, raw }) => ours / raw));
    const size = (rawBill().bytes.length / 1024).toFixed(1);
    return [{
      row: "mail",
      unit: "req/s",
      ours: median(rounds.map(({ ours }) => ours)),
      floor: median(rounds.map(({ raw }) => raw)),
      peer: null,
      ratio,
      goal: `at least ${GOAL} x a raw loop`,
      met: ratio >= GOAL,
      note:
        `${size} KB a message, written down before and after each; rounds of ours/raw in mails a second: ${
          rounds.map(({ ours, raw }) => `${ours.toFixed(0)}/${raw.toFixed(0)}`).join(" ")
        }`,
    }];
  },
};

/** Memory of a process that mails does not grow with what it has sent. */
export const mailMemory: Scenario = {
  name: "mail_memory",
  what: `memory of the second half of ${MANY} mails; floor: of the first half`,
  async run() {
    await using database = await startBenchDatabase();
    using sink = await MailSink.start();
    const addresses = Array.from({ length: MANY }, (_, n) => `juan${n}@example.test`);
    const isp = await createMailingIsp(database, addresses);
    const child = new URL("../mail_child.ts", import.meta.url).pathname;
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", child, database.appUrl, `${sink.port}`, isp.tenantId],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error("Cannot measure the memory of mailing: it failed");
    const halves: { firstHalfMb: number; secondHalfMb: number } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    const ratio = halves.secondHalfMb / halves.firstHalfMb;
    return [{
      row: `mail_memory_${MANY}`,
      unit: "MB",
      ours: halves.secondHalfMb,
      floor: halves.firstHalfMb,
      peer: null,
      ratio,
      goal: `at most ${MEMORY_GOAL} x its first half`,
      met: ratio <= MEMORY_GOAL,
      note:
        `highest resident memory of a process that sends ${MANY} bills with their statements and does nothing else`,
    }];
  },
};

/** A mail server in a thread of its own. */
export class MailSink {
  readonly port: number;
  readonly #thread: Worker;

  private constructor(thread: Worker, port: number) {
    this.#thread = thread;
    this.port = port;
  }

  static async start(): Promise<MailSink> {
    const thread = new Worker(new URL("../mail_sink.ts", import.meta.url), { type: "module" });
    const port = await new Promise<number>((resolve) => thread.onmessage = ({ data }) => resolve(data));
    return new MailSink(thread, port);
  }

  [Symbol.dispose](): void {
    this.#thread.terminate();
  }
}

/** One connection, one message after the other, nothing made and nothing kept. */
async function timeRawLoop(port: number, count: number): Promise<number> {
  const { bytes } = rawBill();
  const content = new Uint8Array([...bytes, ...new TextEncoder().encode("\r\n.\r\n")]);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  const answer = async () => {
    let text = "";
    // The last line of an answer has a space behind its code.
    while (!/^\d{3} .*\r\n$/m.test(text)) {
      const read = await conn.read(buffer);
      if (read === null) throw new Error("Cannot go on: the mail server ended the connection");
      text += decoder.decode(buffer.subarray(0, read));
    }
  };
  const say = async (part: string | Uint8Array) => {
    let rest = typeof part === "string" ? new TextEncoder().encode(`${part}\r\n`) : part;
    while (rest.length > 0) rest = rest.subarray(await conn.write(rest));
    await answer();
  };
  await answer();
  await say("EHLO bench");
  const startedAt = performance.now();
  for (let n = 0; n < count; n++) {
    await say("MAIL FROM:<bills@ilaya.test>");
    await say("RCPT TO:<juan@example.test>");
    await say("DATA");
    await say(content);
  }
  return performance.now() - startedAt;
}
