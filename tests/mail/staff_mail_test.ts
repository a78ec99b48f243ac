import assert from "node:assert/strict";
import { sql } from "kysely";
import { coded } from "@/shared/codes/mod.ts";
import { silentLogger } from "@/shared/log.ts";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { uuidv7 } from "@/shared/ids.ts";
import { centavos } from "@/shared/money/mod.ts";
import { startMailSim } from "@/sim/mail/mod.ts";
import { createIsp, type Isp, todayOf } from "@/tests/billing/isp.ts";
import { setMailServer } from "@/tests/support/mail_server.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { queueStaffMail, type StaffMail } from "@/web/services/mail/queue_staff_mail.ts";
import { queueMail } from "@/web/services/mail/queue_mail.ts";
import { sendAgain } from "@/web/services/mail/send_again.ts";
import { type MailContext, outboxParts } from "@/web/services/mail/start_mail.ts";
import { LineBudget, lineOf } from "@/web/services/mail/mail_lines.ts";
import { insertInvite, withdrawInvites } from "@/web/store/access/invites.ts";
import { setMemberState } from "@/web/store/access/members.ts";
import { insertStaffMember } from "@/web/store/access/staff.ts";
import { listNeeds } from "@/web/store/live/needs_you.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { countSecurityEvent } from "@/web/store/access/security_events.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { upsertRefusals } from "@/web/store/mail/mark_refusals.ts";
import { limitToSites, withTenant } from "@/web/store/db/tenant_transaction.ts";
import { countMailsByState, listMails } from "@/web/store/mail/mail_page.ts";
import { skipOutbox } from "@/web/store/mail/outbox.ts";
import { countUnsent, listUnsent } from "@/web/store/mail/unsent.ts";
import { skipStaffMessages } from "@/web/store/mail/staff_messages.ts";
import { testLinks } from "./_world.ts";
import { startWorker } from "./outbox_isp.ts";

const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
const CODE = "sEcReTcOdE-0123456789";

interface World {
  isp: Isp;
  context: MailContext;
  database: TestDatabase;
  queue(over?: object): Promise<string>;
  rows(): Promise<Record<string, unknown>[]>;
}

async function withIsp(work: (world: World) => Promise<void>, server: object | null = {}): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 1 });
  const context = { ...isp.context, masterKeys, links: testLinks(), press: new StatementPress() };
  if (server !== null) {
    await isp.run((trx) => setMailServer(trx, server));
  }
  const queue = (over: object = {}) =>
    isp.run((trx) => queueStaffMail(trx, { ...invitation(isp), ...over } as StaffMail));
  const rows = () =>
    isp.run(async (trx) =>
      (await sql<Record<string, unknown>>`select * from mail_messages order by id`.execute(trx)).rows
    );
  await work({ isp, context, database, queue, rows });
}

/** Somebody who works there. */
async function hire(isp: Isp): Promise<string> {
  const id = uuidv7(isp.clock.now().epochMilliseconds);
  await isp.run((trx) =>
    insertStaffMember(trx, { id, email: `${id}@mail.test`, name: "Ana", passwordHash: "x", roleIds: [] })
  );
  return id;
}

function invitation(isp: Isp) {
  return {
    to: { email: "berto@mail.test", name: "Berto Reyes", staffUserId: null, locale: "en" },
    occasion: "staff_invited",
    params: { inviter: "Ana Cruz", roles: ["Cashier"] },
    path: `/join/${CODE}`,
    masterKeys,
    at: isp.clock.now(),
    by: "Ana Cruz",
    about: "invite:1",
  };
}

Deno.test("without a mail server nothing is queued and the caller is told so", async () => {
  await withIsp(async ({ queue, rows }) => {
    assert.equal(await queue(), "no_mail_server");
    assert.deepEqual(await rows(), []);
  }, null);
});

Deno.test("while mail is stopped a mail to staff waits and the caller is told so; a brief trouble is none", async () => {
  await withIsp(async ({ isp, queue, rows }) => {
    const stand = (problem: string | null, tries: number, minutes: number | null) =>
      isp.run((trx) => {
        const next = minutes === null ? null : isp.clock.now().add({ minutes });
        const row = {
          problem,
          problem_at: problem === null ? null : isp.clock.now(),
          tries,
          not_before_at: next,
        };
        return trx.insertInto("mail_senders").values({ tenant_id: isp.tenantId, ...row })
          .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(row)).execute();
      });
    await stand("login_refused", 1, null);
    assert.equal(await queue(), "mail_stopped");
    await stand("sending_limit", 0, 600);
    assert.equal(await queue(), "mail_stopped");
    await stand("connection_lost", 1, 1);
    assert.equal(await queue(), "queued");
    await stand(null, 0, null);
    assert.equal(await queue(), "queued");
    assert.deepEqual((await rows()).map(({ state }) => state), Array(4).fill("queued"));
  });
});

Deno.test("a mail to staff goes out in the layout of the others and its link is forgotten with it", async () => {
  await using sim = await startMailSim({});
  await withIsp(async ({ isp, context, queue, rows }) => {
    assert.equal(await queue(), "queued");
    const [waiting] = await rows();
    assert.equal(waiting?.state, "queued");
    assert.ok(waiting?.path_sealed, "the link waits sealed");
    assert.ok(!JSON.stringify(waiting?.facts).includes(CODE), "and is nowhere in clear");
    const worker = startWorker(isp, outboxParts(context), sessionOf(sim));
    try {
      await until(async () => (await rows())[0]?.state === "sent", { timeoutMs: 20_000, what: "it is sent" });
    } finally {
      await worker.stop();
    }
    const [sent] = await rows();
    assert.equal(sent?.path_sealed, null);
    assert.ok(!Object.values(sent ?? {}).some((value) => String(value).includes(CODE)));
    const [mail] = sim.mailbox.list();
    assert.deepEqual(mail?.rcptTo, ["berto@mail.test"]);
    const read = await sim.mailbox.read(mail!);
    for (const part of [read.html, read.text]) {
      assert.ok(String(part).includes(`http://linya.test/join/${CODE}`), "the button leads to our host");
      assert.match(String(part), /Ana Cruz invites you/);
      assert.match(String(part), /Cashier/);
    }
    assert.ok(!String(sent?.subject).includes(CODE));
  }, serverOf(sim));
});

Deno.test("approvals say who asks, how much and why, in the language of whoever reads", async () => {
  await using sim = await startMailSim({});
  await withIsp(async ({ isp, context, queue, rows }) => {
    const params = {
      what: "Refund",
      requester: "Berto <b>",
      reason: "Paid twice",
      amountCentavos: centavos(1_234_50n),
    };
    const to = { email: "ana@mail.test", name: "Ana", staffUserId: await hire(isp) };
    const asked = { occasion: "approval_asked", params, path: "/admin/approvals/7", to };
    await queue({ ...asked, key: "7:ana" });
    await queue({ ...asked, key: "7:ana" });
    assert.equal((await rows()).length, 1, "one of an occasion is ever queued once");
    await queue({
      occasion: "approval_decided",
      params: { ...params, decision: "declined", decider: "Ana", note: "No receipt" },
      path: "/admin/approvals/7",
      to: { ...to, locale: "fil" },
    });
    const worker = startWorker(isp, outboxParts(context), sessionOf(sim));
    try {
      await until(() => sim.mailbox.list().length === 2, { timeoutMs: 20_000, what: "both are sent" });
    } finally {
      await worker.stop();
    }
    const mails = await Promise.all(sim.mailbox.list().map((mail) => sim.mailbox.read(mail)));
    const texts = mails.map(({ text }) => String(text));
    assert.ok(texts.every((text) => text.includes("http://linya.test/admin/approvals/7")));
    assert.ok(texts.every((text) => text.includes("₱1,234.50") && text.includes("Paid twice")));
    assert.ok(texts.some((text) => text.includes("asks for your approval")));
    assert.ok(texts.some((text) => text.includes("Tinanggihan ito ni Ana") && text.includes("No receipt")));
    assert.ok(mails.every(({ html }) => !String(html).includes("<b>")), "hostile names are text");
  }, serverOf(sim));
});

Deno.test("what runs out before it is sent is not sent, and what is taken back neither: the link is gone", async () => {
  await using sim = await startMailSim({});
  await withIsp(async ({ isp, context, queue, rows }) => {
    await queue({ goodUntil: isp.clock.now().add({ minutes: 30 }) });
    await queue({ about: "invite:2", key: "2" });
    await isp.run((trx) => skipStaffMessages(trx, "invite:2"));
    isp.clock.advance({ minutes: 31 });
    const worker = startWorker(isp, outboxParts(context), sessionOf(sim));
    try {
      await until(async () => (await rows()).every(({ state }) => state === "skipped"), {
        timeoutMs: 20_000,
        what: "neither is sent",
      });
    } finally {
      await worker.stop();
    }
    assert.deepEqual((await rows()).map(({ reason }) => reason).toSorted(), ["no_longer_true", "too_old"]);
    assert.ok((await rows()).every((row) => row.path_sealed === null));
    assert.equal(sim.mailbox.list().length, 0);
  }, serverOf(sim));
});

Deno.test("who was disabled or has left before it is sent is told nothing", async () => {
  await using sim = await startMailSim({});
  await withIsp(async ({ isp, context, queue, rows }) => {
    for (const state of ["active", "disabled", "left"] as const) {
      const staffUserId = await hire(isp);
      await queue({
        occasion: "new_device",
        params: { browser: null, place: "203.0.113.7", signedInAt: isp.clock.now().toString() },
        path: "/admin/settings/me",
        to: { email: `${state}@mail.test`, name: state, staffUserId },
      });
      if (state !== "active") {
        await isp.run((trx) => setMemberState(trx, staffUserId, { state, at: isp.clock.now() }));
      }
    }
    const worker = startWorker(isp, outboxParts(context), sessionOf(sim));
    try {
      await until(async () => (await rows()).every(({ state }) => state !== "queued"), {
        timeoutMs: 20_000,
        what: "each is sent or skipped",
      });
    } finally {
      await worker.stop();
    }
    assert.deepEqual(
      (await rows()).map(({ to_name, state, reason }) => `${to_name}: ${state} ${reason}`).toSorted(),
      [
        "active: sent null",
        "disabled: skipped no_longer_true",
        "left: skipped no_longer_true",
      ],
    );
    assert.deepEqual(sim.mailbox.list().map(({ rcptTo }) => rcptTo), [["active@mail.test"]]);
  }, serverOf(sim));
});

Deno.test("an invitation that failed waits in Needs you until there is another, or it is over; nothing else to staff does", async () => {
  await withIsp(async ({ isp, queue }) => {
    const at = isp.clock.now();
    const inviteId = uuidv7(at.epochMilliseconds);
    await isp.run((trx) =>
      insertInvite(trx, {
        id: inviteId,
        codeHash: randomBytes(32),
        email: "berto@mail.test",
        name: "Berto",
        invitedBy: isp.tenantId,
        invitedByName: "Server",
        at,
        expiresAt: at.add({ hours: 72 }),
        roleIds: [],
      })
    );
    const fail = () =>
      isp.run((trx) =>
        sql`update mail_messages set state = 'failed', reason = 'not_made' where state = 'queued'`.execute(
          trx,
        )
      );
    const failed = () =>
      isp.run(async (trx) => {
        const moment = { today: todayOf(isp), now: isp.clock.now() };
        return (await listNeeds(trx, await getTenant(trx), moment))
          .find(({ kind }) => kind === "mail_failed")?.count ?? 0;
      });
    await queue({ occasion: "password_reset", params: { madeBy: null }, path: "/reset/1", about: "reset:1" });
    await queue({ about: "invite:gone" });
    await fail();
    assert.equal(await failed(), 0);
    const about = `invite:${inviteId}`;
    await queue({ about });
    await fail();
    assert.equal(await failed(), 1);
    isp.clock.advance({ minutes: 1 });
    await queue({ about, at: isp.clock.now() });
    assert.equal(await failed(), 0, "the renewed one is on its way");
    await fail();
    assert.equal(await failed(), 2);
    await isp.run((trx) => withdrawInvites(trx, { inviteId }, isp.clock.now()));
    assert.equal(await failed(), 0);
  });
});

Deno.test("a line that counts many failures is about the message it quotes: who is limited to sites does not see it", () => {
  const budget = new LineBudget();
  const line = (messageId: string) =>
    lineOf({
      at: Temporal.Instant.from("2026-02-01T00:00:00Z"),
      level: "error",
      event: "mail_failed",
      said: coded("log_mail_failed", { to: "ana@mail.test", words: "no" }),
      problem: "not_made",
      messageId,
      subscriberId: null,
      billId: null,
    });
  for (let n = 0; n <= 101; n++) budget.take(line(`message ${n}`), 0);
  const [summary] = budget.summaries(Temporal.Instant.from("2026-02-01T00:30:00Z"));
  assert.match(summary!.message, /ana@mail\.test/);
  assert.equal(summary!.reference, "message 101");
});

Deno.test("however a message ends, its link is forgotten in the same moment, and it cannot be put back or sent again", async () => {
  await withIsp(async ({ isp, context, queue, rows }) => {
    for (const [n, state] of ["failed", "refused", "skipped", "sent"].entries()) {
      await queue({ key: String(n) });
      await isp.run((trx) =>
        sql`update mail_messages set state = ${state} where state = 'queued'`.execute(trx)
      );
    }
    assert.deepEqual((await rows()).map((row) => row.path_sealed), [null, null, null, null]);
    const mailId = String((await rows())[0]?.id);
    const again = await sendAgain(context, isp.tenantId, isp.actor, { mailId, key: crypto.randomUUID() });
    assert.deepEqual(again.ok ? "ok" : again.code, "mail_to_staff");
  });
});

Deno.test("the migration runs back with mails to staff in the outbox, and leaves those of subscribers", async () => {
  await withIsp(async ({ isp, database, queue }) => {
    await queue();
    const queueing = { at: isp.clock.now(), businessOn: todayOf(isp), by: "Scheduler" };
    const [subscriberId] = isp.subscriberIds;
    await isp.run((trx) =>
      queueMail(trx, [{ occasion: "bill_issued", dedupeKey: "one", subscriberId: subscriberId! }], queueing)
    );
    await isp.run(async (trx) => {
      const [mail] = (await sql<{ id: string }>`select id from mail_messages where subscriber_id is null`
        .execute(trx)).rows;
      const refusal = { kind: "hard", source: "server", status: "5.1.1", words: "No such user" } as const;
      const at = isp.clock.now();
      await upsertRefusals(trx, [{ ...refusal, address: "berto@mail.test", messageId: mail!.id, at }]);
      await countSecurityEvent(trx, {
        tenantId: isp.tenantId,
        kind: "link_mailed",
        reason: "forgotten",
        account: "berto@mail.test",
        staffUserId: null,
        ip: "192.0.2.7",
        requestId: "r",
        times: 1,
        firstAt: at,
        at,
      });
    });
    await migrate(database.ownerUrl, { to: "0068" }, silentLogger);
    await migrate(database.ownerUrl, {}, silentLogger);
    const left = await isp.run(async (trx) =>
      (await sql<{ n: string }>`select dedupe_key as n from mail_messages union all select address_lower
        from mail_refusals union all select kind from security_events where kind = 'link_mailed'`.execute(
        trx,
      )).rows
    );
    assert.deepEqual(left.map(({ n }) => n), ["one"]);
  });
});

Deno.test("what staff was not told because the server went is not sent once there is another", async () => {
  await withIsp(async ({ isp, queue, rows }) => {
    await queue();
    await isp.run((trx) => skipOutbox(trx, "no_server"));
    assert.deepEqual((await rows()).map(({ state, reason }) => [state, reason]), [["skipped", "no_server"]]);
    const moment = { now: isp.clock.now(), today: todayOf(isp) };
    assert.equal(await isp.run((trx) => countUnsent(trx, moment)), 0);
    assert.deepEqual(await isp.run((trx) => listUnsent(trx, moment, 10)), []);
  });
});

Deno.test("the list, its file and the page show whom it was to; who is limited to a site sees none", async () => {
  await withIsp(async ({ isp, context, database, queue, rows }) => {
    await queue();
    const owner = await (await createWebApp(context)).signIn(isp.tenantId, "Owner");
    const { text, html } = await owner.get("/admin/mail?occasion=staff_invited");
    assert.match(text, /Berto Reyes/);
    assert.match(text, /Invitation/);
    assert.ok(!html.includes(CODE));
    assert.match((await owner.get("/admin/mail?q=reyes")).text, /Berto Reyes/);
    assert.doesNotMatch((await owner.get("/admin/mail?q=nobody-such")).text, /Berto Reyes/);
    const file = await owner.get("/admin/mail.csv");
    assert.match(file.html, /Berto Reyes/);
    assert.ok(!file.html.includes(CODE));
    const id = String((await rows())[0]?.id);
    const one = await owner.get(`/admin/mail/${id}`);
    assert.equal(one.status, 200);
    assert.match(one.text, /Berto Reyes/);
    assert.ok(!one.html.includes(CODE) && !one.html.includes("/again"));
    assert.match((await owner.get(`/admin/mail/${id}/again`)).text, /is not sent again from here/);
    const limited = limitToSites(database.db, [uuidv7(isp.clock.now().epochMilliseconds)]);
    const seen = await withTenant(limited, isp.tenantId, async (trx) => [
      (await listMails(trx, {}, { limit: 10 })).rows.length,
      (await countMailsByState(trx, {})).reduce((sum, { count }) => sum + count, 0),
    ], { readOnly: true });
    assert.deepEqual(seen, [0, 0]);
  });
});

function serverOf(sim: Awaited<ReturnType<typeof startMailSim>>) {
  return { host: sim.host, port: sim.port, encryption: sim.encryption };
}

function sessionOf(sim: Awaited<ReturnType<typeof startMailSim>>) {
  return {
    leaseMs: 10_000,
    session: {
      messageMs: 10_000,
      answerMs: 10_000,
      ...(sim.authority === null ? {} : { trustedCa: sim.authority }),
    },
  };
}
