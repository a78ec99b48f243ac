import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { type MailSim, startMailSim } from "@/sim/mail/mod.ts";
import { type Isp, liveUntil } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { type StatementPaper, StatementPress } from "@/web/gateways/pdf/mod.ts";
import { voidBill } from "@/web/services/billing/void_bill.ts";
import { sendAgain } from "@/web/services/mail/send_again.ts";
import { type MailContext, outboxParts } from "@/web/services/mail/start_mail.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";
import { testLinks } from "./_world.ts";
import { billIdsOf } from "./mail_scene.ts";
import { createMailIsp } from "./mail_isp.ts";
import { mailLog, outboxOf, senderOf, startWorker } from "./outbox_isp.ts";

const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
const LOGIN = { user: "billing@isp.test", password: "kape at pandesal" };

/** A company whose bills of January are queued, with everything that mail is made with in a web process. */
class Company {
  private constructor(readonly isp: Isp, readonly context: MailContext, readonly sim: MailSim) {}

  static async start(
    database: TestDatabase,
    sim: MailSim,
    { subscribers, press = new StatementPress() }: { subscribers: number; press?: StatementPress },
  ): Promise<Company> {
    const isp = await createMailIsp(database, { subscribers });
    const company = new Company(isp, { ...isp.context, masterKeys, links: testLinks(), press }, sim);
    await company.save(1);
    await liveUntil(isp, "2026-02-01T00:06");
    isp.clock.set("2026-02-01T08:00:00+08:00");
    return company;
  }

  /** Types the login, right or wrong, as somebody does on the page. */
  async save(revision: number, password = LOGIN.password): Promise<void> {
    assertOk(
      await saveMail(this.context, this.isp.tenantId, this.isp.actor, {
        preset: "own",
        host: this.sim.host,
        port: this.sim.port,
        encryption: this.sim.encryption,
        auth: "password",
        username: LOGIN.user,
        password,
        clientId: null,
        clientSecret: null,
        refreshToken: null,
        tokenUrl: null,
        removeLogin: false,
        fromName: "Ilaya Net",
        fromAddress: LOGIN.user,
        replyTo: null,
        hourlyMax: null,
        dailyMax: null,
        revision,
      }),
    );
  }

  /** Sends for every company of the database, as a process does. */
  work() {
    return startWorker(this.isp, outboxParts(this.context), {
      leaseMs: 10_000,
      session: {
        messageMs: 10_000,
        answerMs: 10_000,
        ...(this.sim.authority === null ? {} : { trustedCa: this.sim.authority }),
      },
    });
  }

  async count(state: string): Promise<number> {
    return (await outboxOf(this.isp)).filter((message) => message.state === state).length;
  }

  /** Waits until nothing is left that could go now. */
  async waitFor(sent: number): Promise<void> {
    await until(async () => await this.count("sent") >= sent, { timeoutMs: 60_000, what: `${sent} sent` });
  }

  /** Hashes of the statements that came in, by recipient. */
  async statements(): Promise<Map<string, string[]>> {
    const hashes = new Map<string, string[]>();
    for (const mail of this.sim.mailbox.list()) {
      const { attachments } = await this.sim.mailbox.read(mail);
      const pdf = attachments.find(({ contentType }) => contentType === "application/pdf");
      assert.ok(pdf !== undefined, "a bill has its statement");
      assert.match(new TextDecoder("latin1").decode(pdf.content.subarray(0, 8)), /^%PDF-1/);
      const to = mail.rcptTo[0] ?? "";
      hashes.set(to, [...hashes.get(to) ?? [], createHash("sha256").update(pdf.content).digest("hex")]);
    }
    return hashes;
  }
}

/** One that has no paper for one account, until it is mended. */
class BrokenPress extends StatementPress {
  isMended = false;
  readonly #account: string;

  constructor(account: string) {
    super();
    this.#account = account;
  }

  override print(paper: StatementPaper, logo: Parameters<StatementPress["print"]>[1]) {
    if (!this.isMended && paper.subscriber.accountNumber.endsWith(this.#account)) {
      throw new RangeError("figures do not add up");
    }
    return super.print(paper, logo);
  }
}

Deno.test("one statement that cannot be made keeps no other bill: 99 go with theirs, it is tried again and shown (mail-02)", async () => {
  await using sim = await startMailSim({ login: LOGIN });
  await using database = await createTestDatabase();
  const press = new BrokenPress("00042");
  const company = await Company.start(database, sim, { subscribers: 100, press });
  const { isp } = company;
  const worker = company.work();
  try {
    await company.waitFor(99);
    await until(async () => (await outboxOf(isp)).some(({ reason }) => reason === "not_made"));
    const bill = (await outboxOf(isp)).find(({ state }) => state === "queued");
    assert.deepEqual([bill?.reason, bill?.attempts], ["not_made", 1]);
    const [line, ...more] = await mailLog(isp);
    assert.deepEqual(
      [line?.event, line?.subscriber_id, line?.bill_id, line?.reference, more.length],
      ["mail_not_made", bill?.subscriber_id, bill?.bill_id, bill?.id, 0],
    );
    const owner = await (await createWebApp(company.context)).signIn(isp.tenantId, "Owner");
    const log = await owner.get("/admin/logs");
    assert.match(log.text, /A mail could not be made\. It is tried again by itself\..*figures do not add up/);
    assert.match((await owner.get("/admin/mail?state=queued")).text, /could not be made/);
    const cookie = await owner.get(`/admin/mail/${bill?.id}`);
    assert.match(cookie.text, /figures do not add up/);
    assert.equal((await company.statements()).size, 99);
    press.isMended = true;
    isp.clock.advance({ minutes: 10 });
    await company.waitFor(100);
  } finally {
    await worker.stop();
  }
  const statements = await company.statements();
  assert.equal(statements.size, 100);
  assert.ok([...statements.values()].every(({ length }) => length === 1), "none twice");
  for (const { address, attachment_sha256 } of await outboxOf(isp)) {
    assert.deepEqual(statements.get(address ?? ""), [attachment_sha256], "what is noted is what was sent");
  }
});

Deno.test("a bill that is sent again is the same paper, byte for byte (mail-04)", async () => {
  await using sim = await startMailSim({ login: LOGIN });
  await using database = await createTestDatabase();
  const company = await Company.start(database, sim, { subscribers: 2 });
  const { isp, context } = company;
  const worker = company.work();
  try {
    await company.waitFor(2);
    isp.clock.advance({ hours: 24 * 3 });
    const [first] = await outboxOf(isp);
    const again = { mailId: first!.id, key: crypto.randomUUID() };
    assertOk(await sendAgain(context, isp.tenantId, isp.actor, again));
    assertOk(await sendAgain(context, isp.tenantId, isp.actor, again));
    await company.waitFor(3);
    const copies = (await company.statements()).get(first!.address ?? "") ?? [];
    assert.deepEqual(copies, [first!.attachment_sha256, first!.attachment_sha256]);
  } finally {
    await worker.stop();
  }
});

Deno.test("a wrong login stops its own company: one login a wait, none lost, all once when it is corrected (mail-05)", async () => {
  await using sim = await startMailSim({ login: LOGIN });
  await using other = await startMailSim({ login: LOGIN, encryption: "none" });
  await using database = await createTestDatabase();
  const company = await Company.start(database, sim, { subscribers: 300 });
  await company.save(2, "wrong");
  const { isp } = company;
  const neighbour = await Company.start(database, other, { subscribers: 20 });
  const worker = company.work();
  try {
    await until(async () => (await senderOf(isp))?.problem === "login_refused");
    await neighbour.waitFor(20);
    assert.deepEqual([sim.counts.loginsRefused, sim.mailbox.taken], [1, 0]);
    assert.ok((await outboxOf(isp)).every(({ state, attempts }) => state === "queued" && attempts === 0));
    const owner = await (await createWebApp(company.context)).signIn(isp.tenantId, "Owner");
    assert.match((await owner.get("/admin")).text, /refused/);
    assert.match((await owner.get("/admin/logs")).text, /Mail waits: 127\.0\.0\.1 refused user or password/);
    await company.save(3);
    await company.waitFor(300);
  } finally {
    await worker.stop();
  }
  assert.equal(sim.mailbox.timesByMessageId.size, 300);
  assert.ok([...sim.mailbox.timesByMessageId.values()].every((times) => times === 1));
  assert.equal((await senderOf(isp))?.problem, null);
});

Deno.test("what is not so any more when it is sent is not sent: a void bill, an address taken away (mail-16)", async () => {
  await using sim = await startMailSim({ login: LOGIN });
  await using database = await createTestDatabase();
  const company = await Company.start(database, sim, { subscribers: 4 });
  const { isp, context } = company;
  const [billId] = await billIdsOf(isp);
  assertOk(await voidBill(context, isp.tenantId, isp.actor, { billId: billId!, reason: "Wrong plan" }));
  await isp.run((trx) =>
    trx.updateTable("subscribers").set({ email: null }).where("tenant_id", "=", isp.tenantId)
      .where("id", "=", isp.subscriberIds[1]!).execute()
  );
  const worker = company.work();
  try {
    await until(async () => await company.count("queued") === 0, { timeoutMs: 20_000 });
  } finally {
    await worker.stop();
  }
  const bills = (await outboxOf(isp)).filter(({ occasion }) => occasion === "bill_issued");
  const reasons = new Map(bills.map(({ subscriber_id, reason }) => [subscriber_id, reason]));
  assert.deepEqual(isp.subscriberIds.map((id) => reasons.get(id)), ["bill_void", "no_address", null, null]);
  const got = sim.mailbox.list().flatMap(({ rcptTo }) => rcptTo);
  assert.ok(!got.includes(bills.find(({ reason }) => reason === "no_address")?.address ?? ""));
});
