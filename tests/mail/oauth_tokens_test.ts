import assert from "node:assert/strict";
import { SMTPServer } from "smtp-server";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { type Isp, liveUntil, todayOf } from "@/tests/billing/isp.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { until } from "@/tests/support/until.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { StatementPress } from "@/web/gateways/pdf/mod.ts";
import { trySmtp } from "@/web/gateways/mail/try_smtp.ts";
import type { MailServerInput } from "@/web/services/mail/mail_input.ts";
import { queueMail } from "@/web/services/mail/queue_mail.ts";
import { openMailServer } from "@/web/services/mail/open_mail_server.ts";
import { outboxParts } from "@/web/services/mail/start_mail.ts";
import { testMailServer } from "@/web/services/mail/test_mail_server.ts";
import { saveMail } from "@/web/services/settings/save_mail.ts";
import { testLinks } from "./_world.ts";
import { createMailIsp, mailsOf } from "./mail_isp.ts";
import { senderOf, startWorker } from "./outbox_isp.ts";

const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);

/** Gives tokens `t1`, `t2`, …, and with each another refresh token, as Microsoft does. */
function startGiver(state: { asked: string[]; before: () => Promise<void> }) {
  const serve = async (request: Request) => {
    state.asked.push(new URLSearchParams(await request.text()).get("refresh_token") ?? "");
    const n = state.asked.length;
    await state.before();
    return Response.json({ access_token: `t${n}`, expires_in: 3600, refresh_token: `r${n}` });
  };
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
}

/** Takes mail from whoever comes with a token that is not among the refused. */
async function startProvider(state: { logins: string[]; refused: Set<string>; taken: number }) {
  const smtp = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    authMethods: ["XOAUTH2"],
    onAuth({ accessToken = "" }, _session, done) {
      state.logins.push(accessToken);
      if (state.refused.has(accessToken)) done(new Error("535 5.7.3 Authentication unsuccessful"));
      else done(null, { user: "isp" });
    },
    onData(stream, _session, done) {
      stream.resume();
      stream.on("end", () => {
        state.taken++;
        done(null);
      });
    },
  });
  smtp.on("error", () => {});
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", () => resolve()));
  const { port } = smtp.server.address() as { port: number };
  return { port, close: () => new Promise<void>((resolve) => smtp.close(() => resolve())) };
}

function inputOf(port: number, refreshToken: string | null): MailServerInput {
  return {
    preset: "own",
    host: "127.0.0.1",
    port,
    encryption: "none",
    auth: "oauth2",
    username: "bills@ilaya.test",
    password: null,
    clientId: "client",
    clientSecret: refreshToken === null ? null : "hidden",
    refreshToken,
    tokenUrl: "https://login.ilaya.test/token",
    removeLogin: false,
    fromName: "Ilaya Net",
    fromAddress: "bills@ilaya.test",
    replyTo: null,
    hourlyMax: null,
    dailyMax: null,
  };
}

interface Scene {
  isp: Isp;
  context: Parameters<typeof outboxParts>[0];
  given: { asked: string[]; before: () => Promise<void> };
  provider: { logins: string[]; refused: Set<string>; taken: number };
  port: number;
  save(revision: number, refreshToken: string): Promise<void>;
  stored(): Promise<string>;
}

/** A provider whose server takes tokens, with six bills to mail. */
async function withScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  const given = { asked: [] as string[], before: () => Promise.resolve() };
  const provider = { logins: [] as string[], refused: new Set<string>(), taken: 0 };
  await using database = await createTestDatabase();
  const tokens = startGiver(given);
  const smtp = await startProvider(provider);
  try {
    const isp = await createMailIsp(database, { subscribers: 6 });
    const context = { ...isp.context, masterKeys, links: testLinks(), press: new StatementPress() };
    const save = async (revision: number, refreshToken: string) => {
      assertOk(
        await saveMail(context, isp.tenantId, isp.actor, { ...inputOf(smtp.port, refreshToken), revision }),
      );
      // The page takes https only.
      const url = `http://127.0.0.1:${tokens.addr.port}/token`;
      await isp.run((trx) => trx.updateTable("mail_servers").set({ oauth_token_url: url }).execute());
    };
    await save(1, "r0");
    const stored = async () => {
      const opened = await isp.run((trx) => openMailServer(trx, { masterKeys, reach: "anywhere" }));
      assert.ok(opened?.server.login?.kind === "oauth2");
      return opened.server.login.refreshToken;
    };
    await work({ isp, context, given, provider, port: smtp.port, save, stored });
  } finally {
    await tokens.shutdown();
    await smtp.close();
  }
}

/** Mails the bills of January, and goes on with what the test queues. */
async function withWorker({ isp, context }: Scene, work: (wake: () => void) => Promise<void>): Promise<void> {
  await liveUntil(isp, "2026-02-01T00:06");
  isp.clock.set("2026-02-01T08:00:00+08:00");
  const worker = startWorker(isp, outboxParts(context));
  try {
    await work(() => worker.wake());
  } finally {
    await worker.stop();
  }
}

/** Until no connection is open: one that is needs no login. */
async function untilIdle(isp: Isp): Promise<void> {
  await until(async () => (await senderOf(isp))?.leased_by === null, { timeoutMs: 20_000 });
}

/** The six bills once more. */
async function queueAgain(isp: Isp, name: string): Promise<void> {
  await isp.run(async (trx) => {
    const bills = await trx.selectFrom("bills").select(["id", "subscriber_id"]).execute();
    const mails = bills.map((bill) => ({
      occasion: "bill_issued" as const,
      dedupeKey: `again:${name}:${bill.id}`,
      subscriberId: bill.subscriber_id,
      billId: bill.id,
    }));
    await queueMail(trx, mails, { at: isp.clock.now(), businessOn: todayOf(isp), by: "Ana Reyes" });
  });
}

Deno.test("a token is asked for once an hour, and what it is asked with next is stored, sealed", async () => {
  await withScene(async (scene) => {
    const { isp, given, provider } = scene;
    await withWorker(scene, async (wake) => {
      await until(() => provider.taken >= 6, { timeoutMs: 20_000 });
      assert.deepEqual(given.asked, ["r0"], "however many connections there are");
      assert.equal(await scene.stored(), "r1");
      await untilIdle(isp);
      isp.clock.advance({ minutes: 50 });
      await queueAgain(isp, "second");
      wake();
      await until(() => provider.taken >= 12, { timeoutMs: 20_000 });
      assert.deepEqual(given.asked, ["r0"]);
      await untilIdle(isp);
      isp.clock.advance({ minutes: 9, seconds: 1 });
      await queueAgain(isp, "third");
      wake();
      await until(() => provider.taken >= 18, { timeoutMs: 20_000 });
      assert.deepEqual(given.asked, ["r0", "r1"]);
      assert.equal(await scene.stored(), "r2");
    });
    const { rows } = await isp.run(async (trx) => ({
      rows: await trx.selectFrom("mail_servers").select("oauth_refresh_token_sealed").execute(),
    }));
    assert.match(rows[0]?.oauth_refresh_token_sealed ?? "", /^v1\./);
    assert.equal((await mailsOf(isp)).filter(({ state }) => state !== "sent").length, 0);
  });
});

Deno.test("a token that is taken back is asked for anew at the next try", async () => {
  await withScene(async (scene) => {
    const { isp, given, provider } = scene;
    await withWorker(scene, async (wake) => {
      await until(() => provider.taken >= 6, { timeoutMs: 20_000 });
      await untilIdle(isp);
      provider.refused.add("t1");
      await queueAgain(isp, "second");
      wake();
      await until(async () => (await senderOf(isp))?.problem === "login_refused", { timeoutMs: 20_000 });
      await until(async () => (await senderOf(isp))?.leased_by === null);
      isp.clock.advance({ minutes: 50 });
      wake();
      await until(() => provider.taken >= 12, { timeoutMs: 20_000 });
      assert.deepEqual(given.asked, ["r0", "r1"]);
    });
  });
});

Deno.test("a refresh token that comes for older settings is not written over newer ones", async () => {
  await withScene(async (scene) => {
    const { given, provider } = scene;
    given.before = async () => {
      given.before = () => Promise.resolve();
      await scene.save(2, "typed");
    };
    await withWorker(scene, async () => {
      await until(() => provider.taken >= 6, { timeoutMs: 20_000 });
    });
    assert.equal(given.asked[0], "r0");
    assert.ok(["typed", "r2"].includes(await scene.stored()), "r1 belongs to the settings of before");
  });
});

Deno.test("a test with the stored login keeps what replaces it; with a typed one nothing is stored", async () => {
  await withScene(async ({ isp, context, given, port, stored }) => {
    const call = [{ ...context, trySmtp }, isp.tenantId, isp.actor] as const;
    const asked = { to: "owner@ilaya.test", locale: "en" } as const;
    const { oauth_token_url: tokenUrl } = await isp.run((trx) =>
      trx.selectFrom("mail_servers").select("oauth_token_url").executeTakeFirstOrThrow()
    );
    assert.ok(tokenUrl !== null && tokenUrl.startsWith("http:"));
    const secure = "https://login.ilaya.test/token";
    await isp.run((trx) => trx.updateTable("mail_servers").set({ oauth_token_url: secure }).execute());
    const elsewhere: typeof trySmtp = (server, mail, signal) => {
      assert.ok(server.login?.kind === "oauth2");
      return trySmtp({ ...server, login: { ...server.login, tokenUrl } }, mail, signal);
    };
    for (const [typed, kept] of [[null, "r1"], ["other", "r1"]] as const) {
      const result = assertOk(
        await testMailServer({ ...call[0], trySmtp: elsewhere }, call[1], call[2], {
          ...inputOf(port, typed),
          ...asked,
        }),
      );
      assert.equal(result.trial?.stoppedAt, null, JSON.stringify(result.trial));
      assert.equal(await stored(), kept);
    }
    assert.deepEqual(given.asked, ["r0", "other"]);
  });
});
