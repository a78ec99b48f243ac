import assert from "node:assert/strict";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { createIsp } from "@/tests/billing/isp.ts";
import { createMailingIsp } from "@/tests/mail/outbox_isp.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { mailSecretPlace } from "@/web/services/mail/open_mail_server.ts";
import { sealSecret } from "@/web/services/secrets/mod.ts";
import { createTestDatabase, type TestDatabase } from "@/tests/support/postgres.ts";
import { installJobs } from "@/web/jobs/install_jobs.ts";
import { watchClock } from "@/web/services/billing/watch_clock.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { migrate } from "@/web/store/db/migrate.ts";
import { report } from "./main.ts";

Deno.test("the doctor says what is well and what is broken, and ends with 1 when something is", async () => {
  await using database = await createTestDatabase();
  await installJobs(database.ownerUrl, silentLogger);
  const isp = await createIsp(database, { subscribers: 2 });
  const ask = async () => {
    const lines: string[] = [];
    const code = await report({ context: isp.context, dataDir: "/tmp" }, (line) => lines.push(line));
    return { code, text: lines.join("\n") };
  };
  const stopped = await ask();
  assert.equal(stopped.code, 0, stopped.text);
  assert.match(stopped.text, /ok +Migrations are up to date/);
  assert.match(stopped.text, /ok +Seals of the books are on/);
  assert.match(stopped.text, /look +The web is not running/);
  assert.match(stopped.text, /Disk of \/tmp: [\d,]+ MB free/);
  assert.match(stopped.text, /ok +Ilaya Net: the books hold \(\d+ rows in \d+\.\d s\)/);

  const web = openDatabase({ url: database.appUrl, applicationName: "linya-jobs", log: silentLogger });
  const running = { ...isp.context, db: web.db };
  try {
    await watchClock(running, isp.tenantId);
    isp.clock.advance({ minutes: 6 });
    const silent = await ask();
    assert.equal(silent.code, 1);
    assert.match(silent.text, /BROKEN +Ilaya Net: nobody watches the clock/);
    assert.match(silent.text, /BROKEN +Jobs are not alive: the minute's tick was not run at all/);
  } finally {
    await web.close();
  }

  await asSuperuser(database, [
    "alter table ledger_entries disable trigger ledger_entries_balance",
    "update subscriptions set billed_through_on = '2026-05-01'",
    "grant update on ledger_entries to linya_app",
  ]);
  const broken = await ask();
  assert.equal(broken.code, 1);
  assert.match(broken.text, /BROKEN +Seals of the books are off/);
  assert.match(broken.text, /Seals \(M6\), ledger_entries_balance: the trigger does not watch/);
  assert.match(broken.text, /linya_app may UPDATE/);
  assert.match(broken.text, /BROKEN +Ilaya Net: the books do not hold/);

  await migrate(database.ownerUrl, { to: "0030" }, silentLogger);
  const old = await ask();
  assert.equal(old.code, 1);
  assert.match(old.text, /BROKEN +Cannot use the database: it lacks .*0034_check_books/);
});

Deno.test("the doctor says whether the keys open what is sealed, and whether mail is stopped or stuck", async () => {
  await using database = await createTestDatabase();
  const isp = await createMailingIsp(database, ["juan@example.test"]);
  const masterKeys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
  await isp.run(async (trx) => {
    const place = mailSecretPlace(trx, "password_sealed");
    const password_sealed = await sealSecret(trx, masterKeys, place, "kape at pandesal");
    await trx.updateTable("mail_servers").set({ password_sealed }).where("tenant_id", "=", isp.tenantId)
      .execute();
  });
  const ask = async (more: Partial<ServiceContext>) => {
    const lines: string[] = [];
    await report({ context: { ...isp.context, ...more }, dataDir: null }, (line) => lines.push(line));
    return lines.join("\n");
  };
  const web = openDatabase({ url: database.appUrl, applicationName: "linya-jobs", log: silentLogger });
  try {
    const well = await ask({ masterKeys, db: web.db });
    assert.match(well, /ok +Ilaya Net: the master keys open what is sealed \(1\)/);
    assert.match(well, /ok +Ilaya Net: 1 mails are due/);
    isp.clock.advance({ minutes: 45 });
    assert.match(
      await ask({ masterKeys, db: web.db }),
      /BROKEN +Ilaya Net: nobody sends mail; 1 mails are due/,
    );
  } finally {
    await web.close();
  }
  const others = new MasterKeys([{ id: "k2", key: randomBytes(32) }]);
  for (
    const [keys, why] of [[{ masterKeys: others }, /master key "k1" is not here/], [
      {},
      /there are no master keys/,
    ]] as const
  ) {
    const text = await ask(keys);
    assert.match(text, /BROKEN +Ilaya Net: what is sealed does not open/);
    assert.match(text, why);
    assert.ok(!text.includes("pandesal"));
  }
  await isp.run((trx) =>
    trx.insertInto("mail_senders").values({
      tenant_id: isp.tenantId,
      problem: "login_refused",
      problem_words: "535 5.7.8 not accepted",
      problem_at: isp.clock.now(),
      tries: 1,
    }).execute()
  );
  assert.match(
    await ask({ masterKeys }),
    /look +Ilaya Net: mail is stopped \(login_refused\); 1 mails are due.*\n +535 5\.7\.8/,
  );
});

async function asSuperuser({ superuserUrl }: TestDatabase, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}
