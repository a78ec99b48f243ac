import assert from "node:assert/strict";
import { sql } from "kysely";
import { asSuperuserQuery } from "@/tests/privacy/query.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { setMailServer } from "@/tests/support/mail_server.ts";
import type { AccountChange } from "@/shared/codes/access.ts";
import { storedText } from "@/web/messages/coded_text.ts";
import { translator } from "@/web/messages/mod.ts";
import { readStaffFacts } from "@/web/domain/mail/staff.ts";
import { renderStaffMail } from "@/web/gateways/mail/render/staff_mail.ts";
import { changeOwnPassword } from "@/web/services/access/change_own_password.ts";
import { makeRecoveryCodes } from "@/web/services/access/factors/own_factors.ts";
import { removeApp } from "@/web/services/access/factors/remove_factor.ts";
import { resetFactors, resetFactorsAtServer } from "@/web/services/access/factors/reset_factors.ts";
import { makeResetLink, resetPassword } from "@/web/services/access/reset_password.ts";
import { addApp, enter } from "./_factors.ts";
import { CLIENT, type Company, createTestInstallation, PASSWORD } from "./_company.ts";

const CHOSEN = "siomai tuwing biyernes";
const AT_DESK = { ip: "203.0.113.7", requestId: "req-1" };

/** What was told so far: whom, what, by whom and from where. */
async function toldAt(company: Company) {
  return await company.run(async (trx) => {
    const { rows } = await sql<{ address: string; facts: unknown }>`select address, facts from mail_messages
      where occasion = 'account_changed' order by id`.execute(trx);
    return rows.map(({ address, facts }) => {
      const read = readStaffFacts("account_changed", facts);
      assert.ok(read?.told.occasion === "account_changed");
      const { what, by, place } = read.told.params;
      return { address, what, by, place, told: read.told };
    });
  });
}

Deno.test("whoever's second factor or password is changed is told: what, by whom, from where", async () => {
  await using installation = await createTestInstallation();
  const { context, clock } = installation;
  const company = await installation.addCompany("Ilaya Net");
  await company.run((trx) => setMailServer(trx));
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  const actor = { ...ben.actor, kind: "staff", origin: AT_DESK } as const;
  const owner = { ...company.owner, kind: "staff", origin: { ...AT_DESK, ip: "198.51.100.2" } } as const;
  const { staffUserId } = ben.person;
  await addApp(installation, company, { ...ben, actor });
  clock.advance({ seconds: 40 });
  assertOk(await makeRecoveryCodes(context, actor, ben.person));
  clock.advance({ seconds: 40 });
  assertOk(await removeApp(context, actor, ben.person));
  clock.advance({ seconds: 40 });
  await addApp(installation, company, { ...ben, actor });
  clock.advance({ seconds: 40 });
  assertOk(await resetFactors(context, company.tenantId, owner, { staffUserId }));
  clock.advance({ seconds: 40 });
  const again = await enter(installation, company, "Cora Cruz", [company.roles.Cashier!]);
  await addApp(installation, company, again);
  clock.advance({ seconds: 40 });
  assert.equal(await resetFactorsAtServer(context, again.email), "reset");
  clock.advance({ seconds: 40 });
  assertOk(
    await changeOwnPassword(context, ben.actor, {
      whose: ben.person,
      typed: { old: PASSWORD, password: CHOSEN },
      client: CLIENT,
    }),
  );
  clock.advance({ seconds: 40 });
  const { code } = assertOk(await makeResetLink(context, company.tenantId, owner, { staffUserId }));
  assertOk(await resetPassword(context, { code, password: "lugaw sa umaga", ip: "192.0.2.4" }));
  const told = await toldAt(company);
  const line = ({ address, what, by, place }: typeof told[number]) => [address, what, by, place];
  const own = (what: AccountChange) => [ben.email, what, null, AT_DESK.ip];
  assert.deepEqual(told.map(line), [
    own("app_added"),
    own("recovery_codes"),
    own("app_removed"),
    own("app_added"),
    [ben.email, "factors_reset", company.owner.label, "198.51.100.2"],
    [again.email, "app_added", null, null],
    [again.email, "factors_reset", "Server", null],
    [ben.email, "password", null, CLIENT.ip],
    [ben.email, "password_by_link", null, "192.0.2.4"],
  ]);
  const lines = await company.run((trx) =>
    trx.selectFrom("system_log").select(["source", "level", "message"]).where("event", "=", "account_changed")
      .orderBy("id").execute()
  );
  assert.equal(lines.length, told.length);
  const [t, fil] = [translator("en"), translator("fil")];
  const said = lines.map(({ message }) => storedText(t, message));
  assert.ok(
    said.some((text) => /Ben Reyes: every second factor was taken away by .+198\.51\.100\.2/.test(text)),
  );
  for (const { message } of lines) assert.match(storedText(fil, message), /^(Ben Reyes|Cora Cruz): /);
});

Deno.test("the mail of a changed sign-in says what to do if it was somebody else, in both languages", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await company.run((trx) => setMailServer(trx));
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  await addApp(installation, company, ben);
  const [{ told } = assert.fail()] = await toldAt(company);
  const none = { colour: null, logo: null, phone: null, email: null, address: null, waysToPay: null };
  const mail = (language: "en" | "fil") =>
    renderStaffMail(
      { name: "Ben", told, href: "http://x/", zone: "Asia/Manila", goodUntil: null },
      { company: "Ilaya Net", ...none },
      language,
    );
  assert.match(mail("en").subject, /^An authenticator app was added/);
  assert.match(mail("en").text, /If not, change your password now, end your other sessions/);
  assert.match(mail("en").text, /See your sessions/);
  assert.match(mail("fil").text, /palitan agad ang password/);
});

Deno.test("a mail that cannot be queued refuses no change, and the system log has both", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  await company.run((trx) => setMailServer(trx));
  await asSuperuserQuery(
    installation.database,
    "alter table mail_messages add constraint broken check (occasion <> 'account_changed')",
  );
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  assertOk(
    await changeOwnPassword(installation.context, ben.actor, {
      whose: ben.person,
      typed: { old: PASSWORD, password: CHOSEN },
      client: CLIENT,
    }),
  );
  assert.deepEqual(await toldAt(company), []);
  const lines = await company.run((trx) =>
    trx.selectFrom("system_log").select(["level", "message"]).where("event", "=", "account_changed").orderBy(
      "id",
    )
      .execute()
  );
  assert.deepEqual(lines.map(({ level }) => level).sort(), ["error", "info"]);
  const said = lines.map(({ message }) => storedText(translator("en"), message)).join();
  assert.match(said, /Ben Reyes: the mail that tells of this could not be made/);
});

Deno.test("without a mail server a change of a sign-in goes on, and the system log has it", async () => {
  await using installation = await createTestInstallation();
  const company = await installation.addCompany("Ilaya Net");
  const ben = await enter(installation, company, "Ben Reyes", [company.roles.Cashier!]);
  assertOk(
    await changeOwnPassword(installation.context, ben.actor, {
      whose: ben.person,
      typed: { old: PASSWORD, password: CHOSEN },
      client: CLIENT,
    }),
  );
  assert.deepEqual(await toldAt(company), []);
  const lines = await company.run((trx) =>
    trx.selectFrom("system_log").select("event").where("event", "=", "account_changed").execute()
  );
  assert.equal(lines.length, 1);
});
