import assert from "node:assert/strict";
import { sql } from "kysely";
import { randomBytes } from "@/shared/crypto/mod.ts";
import { FORM, GMAIL, PASSWORD, smtpDouble, withMail } from "@/tests/mail/mail_settings.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { type Scene, withScene } from "@/tests/support/scene.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { PERMISSIONS } from "@/web/domain/access/mod.ts";
import { NO_APPROVAL } from "@/web/domain/approvals/mod.ts";
import { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import { runDueRequests } from "@/web/services/approvals/run_due_requests.ts";
import type { ServiceContext, StaffActor } from "@/web/services/context.ts";
import { rotateKeys } from "@/web/services/secrets/rotate_keys.ts";
import { removeMail, saveMail } from "@/web/services/settings/save_mail.ts";
import { savePolicyRow } from "@/web/store/approvals/policies.ts";
import { findApprovalSecrets } from "@/web/store/approvals/approval_secrets.ts";
import { findRequest } from "@/web/store/approvals/requests.ts";
import { findMailServer } from "@/web/store/mail/mail_servers.ts";

const PAGE = "/admin/settings/mail";
const NEW_PASSWORD = "canary-Anoth3r";
/** What somebody asks for who would have all mail go through a server of their own. */
const OTHER = {
  ...FORM,
  revision: "1",
  preset: "own",
  host: "mail.elsewhere.example",
  port: "465",
  encryption: "tls",
  username: "ana@elsewhere.example",
  password: NEW_PASSWORD,
  reason: "The new provider",
};
const CLERK = PERMISSIONS.filter((one) => one !== "approval:decide");
/** Somebody who is bound by the policy, in the use cases. */
const NOBODY: StaffActor = { kind: "staff", label: "Ana", staffUserId: null };

interface World extends Scene {
  mail: ReturnType<typeof withMail>;
  smtp: ReturnType<typeof smtpDouble>;
  owner: PageUser;
  clerk: PageUser;
}

/** A company with a mail server, where a change of its keys needs an approval. */
async function withKeptMail(
  work: (world: World) => Promise<void>,
  more: Partial<ServiceContext> = {},
): Promise<void> {
  await withScene("2026-02-10T10:00", async (scene) => {
    const { isp } = scene;
    const smtp = smtpDouble();
    const mail = withMail(isp, { trySmtp: smtp.trySmtp, ...more });
    assertOk(await mail.save());
    await isp.run((trx) => savePolicyRow(trx, "mail_keys", { ...NO_APPROVAL, mode: "always" }));
    const app = await createWebApp(mail.context);
    const [owner, clerk] = [await app.signIn(isp.tenantId, "Owner"), await app.signIn(isp.tenantId, CLERK)];
    await work({ ...scene, mail, smtp, app, owner, clerk });
  });
}

/** Asks by the page; answers the id of the request. */
async function askFor({ clerk }: World, fields: Record<string, string> = OTHER): Promise<string> {
  const sent = await clerk.post(PAGE, fields);
  assert.match(sent.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/, sent.text.slice(0, 400));
  return sent.location.slice("/admin/approvals/".length).split("?")[0] ?? "";
}

async function decide({ owner }: World, id: string, decision: "approve" | "decline") {
  const { html } = await owner.get(`/admin/approvals/${id}`);
  const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
  return await owner.post(`/admin/approvals/${id}`, { decision, revision: "1", seen, note: "Looked at" });
}

const serverOf = ({ isp }: World) => isp.run((trx) => findMailServer(trx));
const waitingOf = ({ isp }: World, id: string) => isp.run((trx) => findApprovalSecrets(trx, id));

Deno.test("mail-keys-01: another server is asked for, with what is typed sealed apart; whoever decides reads before and after, and approved it is sealed into the settings and wiped", async () => {
  await withKeptMail(async (world) => {
    const { isp, owner, clerk, mail } = world;
    const form = await clerk.get(PAGE);
    assert.match(form.text, /This needs approval by /);
    assert.doesNotMatch(form.text, /Ask for approval/, "nothing is typed that needs one");
    assert.match(form.text, /Saving asks for the approval then/);
    assert.doesNotMatch((await owner.get(PAGE)).text, /Ask for approval/, "who may decide does it");
    const unreasoned = await clerk.post(PAGE, { ...OTHER, reason: "" });
    assert.equal(unreasoned.status, 422, "with a reason");
    assert.match(unreasoned.text, /Ask for approval/);
    const before = await serverOf(world);
    const id = await askFor(world);
    assert.deepEqual(await serverOf(world), before, "nothing changes before");
    const sealed = await waitingOf(world, id);
    assert.match(sealed ?? "", /^v1\./);
    const page = await owner.get(`/admin/approvals/${id}`);
    assert.match(
      page.text,
      /Server: smtp\.gmail\.com:587 \(STARTTLS\) now, mail\.elsewhere\.example:465 \(TLS\) then/,
    );
    assert.match(
      page.text,
      /Login: signed in as billing@isp\.example now, signed in as ana@elsewhere\.example then/,
    );
    assert.match(page.text, /The password or key is another one then/);
    assert.match((await clerk.get(PAGE)).text, /A change of the mail server waits for an approval/);
    assert.equal((await clerk.post(PAGE, OTHER)).status, 422, "one at a time");
    assert.match((await decide(world, id, "approve")).location, /done=approved/);
    const opened = await mail.open();
    assert.equal(opened?.server.host, "mail.elsewhere.example");
    assert.equal(opened?.server.login?.kind === "password" && opened.server.login.password, NEW_PASSWORD);
    assert.equal(await waitingOf(world, id), null);
    const audits = await isp.run((trx) =>
      sql<{ row: string }>`select to_jsonb(t)::text as row from audit_entries t
        where tenant_id = ${isp.tenantId}`.execute(trx)
    );
    const requests = await isp.run((trx) =>
      sql<{ row: string }>`select to_jsonb(t)::text as row from approval_requests t
        where tenant_id = ${isp.tenantId}`.execute(trx)
    );
    const said = [...audits.rows, ...requests.rows].map(({ row }) => row).join("\n") + page.html;
    assert.ok(!said.includes(NEW_PASSWORD) && !said.includes(PASSWORD), "nobody reads it anywhere");
    assert.match(audits.rows.map(({ row }) => row).join("\n"), /settings\.mail_saved/);
  });
});

Deno.test("mail-keys-02: declined, withdrawn, expired or impossible: what was typed is wiped and the settings stay", async () => {
  await withKeptMail(async (world) => {
    const { isp, clerk, mail } = world;
    const before = await serverOf(world);
    const closed = async (id: string, state: string) => {
      assert.equal((await isp.run((trx) => findRequest(trx, id)))?.state, state);
      assert.equal(await waitingOf(world, id), null, state);
      assert.deepEqual(await serverOf(world), before, state);
    };
    const declined = await askFor(world);
    assert.match((await decide(world, declined, "decline")).location, /done=declined/);
    await closed(declined, "declined");
    const withdrawn = await askFor(world);
    assert.match((await clerk.post(`/admin/approvals/${withdrawn}/withdraw`, {})).location, /done=withdrawn/);
    await closed(withdrawn, "withdrawn");
    // Somebody who may saves meanwhile: it would be put over what they have set.
    const moved = await askFor(world);
    const { html } = await world.owner.get(`/admin/approvals/${moved}`);
    const seen = /name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "";
    assertOk(await mail.save({ password: null, dailyMax: 400 }, 1));
    await world.owner.post(`/admin/approvals/${moved}`, {
      decision: "approve",
      revision: "1",
      seen,
      note: "",
    });
    assert.equal((await isp.run((trx) => findRequest(trx, moved)))?.state, "failed");
    assert.equal(await waitingOf(world, moved), null);
    assert.equal((await serverOf(world))?.host, before?.host);
    const expired = await askFor(world, { ...OTHER, revision: "2" });
    isp.clock.advance({ hours: 24 * 8 });
    await runDueRequests(mail.context, isp.tenantId);
    assert.equal((await isp.run((trx) => findRequest(trx, expired)))?.state, "expired");
    assert.equal(await waitingOf(world, expired), null);
    const { rows } = await isp.run((trx) => sql`select 1 from approval_secrets`.execute(trx));
    assert.deepEqual(rows, []);
  });
});

Deno.test("mail-keys-03: names and limits are saved at once, a test is sent before anything is asked, and no other way slips past", async () => {
  await withKeptMail(async (world) => {
    const { isp, clerk, mail, smtp } = world;
    const tried = await clerk.post(PAGE, { ...OTHER, intent: "preview" });
    assert.equal(tried.status, 200);
    assert.equal(smtp.asked.at(-1)?.server.host, "mail.elsewhere.example");
    const limits = await clerk.post(PAGE, {
      ...FORM,
      revision: "1",
      password: "",
      dailyMax: "300",
      reason: "",
    });
    assert.equal(limits.location, `${PAGE}?done=mail_saved`);
    assert.equal((await serverOf(world))?.daily_max, 300);
    for (
      const change of [
        { host: "mail.elsewhere.example" },
        { port: 465 },
        { encryption: "none" as const },
        { username: "ana@isp.example" },
        { fromAddress: "ana@isp.example" },
        { replyTo: "ana@isp.example" },
        { removeLogin: true },
        {},
      ]
    ) {
      const input = { ...GMAIL, ...change, revision: 2 };
      assertRefused(await saveMail(mail.context, isp.tenantId, NOBODY, input), "approval_needed");
    }
    assertRefused(await removeMail(mail.context, isp.tenantId, NOBODY), "approval_needed");
    const stop = await clerk.post(`${PAGE}/stop`, { reason: "We change to another one" });
    assert.match(stop.location, /^\/admin\/approvals\/[0-9a-f-]{36}\?done=asked/);
    const id = stop.location.slice("/admin/approvals/".length).split("?")[0] ?? "";
    assert.ok(await serverOf(world) !== null);
    assert.match((await decide(world, id, "approve")).location, /done=approved/);
    assert.equal(await serverOf(world), null);
  });
});

Deno.test("mail-keys-04: what waits is wrapped anew with the other secrets, and said to be unreadable where its key is not", async () => {
  const old = { id: "k1", key: randomBytes(32) };
  await withKeptMail(async (world) => {
    const id = await askFor(world);
    const keys = new MasterKeys([{ id: "k2", key: randomBytes(32) }, old]);
    const rotation = await rotateKeys(world.database.db, keys);
    assert.deepEqual([rotation.left, rotation.needed], [[], []]);
    assert.equal((await waitingOf(world, id))?.split(".")[1], "k2");
    // The web of this test has but the old key.
    await decide(world, id, "approve");
    const row = await world.isp.run((trx) => findRequest(trx, id));
    assert.equal(row?.state, "failed");
    assert.match(row?.failure ?? "", /approval_secrets_unreadable/);
    assert.equal(await waitingOf(world, id), null);
    assert.equal((await serverOf(world))?.host, "smtp.gmail.com");
  }, { masterKeys: new MasterKeys([old]) });
});

Deno.test("mail-keys-05: an installation for many refuses a server in its own network before anybody is asked", async () => {
  await withScene("2026-02-10T10:00", async ({ isp }) => {
    const keys = new MasterKeys([{ id: "k1", key: randomBytes(32) }]);
    const app = await createWebApp({ ...isp.context, masterKeys: keys, isManyTenants: true });
    await isp.run((trx) => savePolicyRow(trx, "mail_keys", { ...NO_APPROVAL, mode: "always" }));
    const clerk = await app.signIn(isp.tenantId, CLERK);
    const sent = await clerk.post(PAGE, { ...OTHER, revision: "0", host: "127.0.0.1" });
    assert.equal(sent.status, 422);
    const { rows } = await isp.run((trx) =>
      sql`select 1 from approval_requests where kind = 'mail_keys'`.execute(trx)
    );
    assert.deepEqual(rows, []);
  });
});

Deno.test("mail-keys-06: names and limits are saved at once also while a change waits, which then is not done over them", async () => {
  await withKeptMail(async (world) => {
    const { clerk } = world;
    const id = await askFor(world);
    const limits = { ...FORM, revision: "1", password: "", dailyMax: "300", reason: "" };
    const saved = await clerk.post(PAGE, limits);
    assert.equal(saved.location, `${PAGE}?done=mail_saved`, saved.text.slice(0, 300));
    assert.equal((await serverOf(world))?.daily_max, 300);
    await decide(world, id, "approve");
    assert.equal((await world.isp.run((trx) => findRequest(trx, id)))?.state, "failed");
    assert.equal((await serverOf(world))?.daily_max, 300);
  });
});

Deno.test("mail-keys-07: with no server yet, whoever decides reads where the client secret and the answers go", async () => {
  await withKeptMail(async (world) => {
    await world.isp.run((trx) => trx.deleteFrom("mail_servers").execute());
    const id = await askFor(world, {
      ...OTHER,
      revision: "0",
      auth: "oauth2",
      password: "",
      clientId: "client-1",
      clientSecret: "canary-Secr3t",
      refreshToken: "canary-R3fresh",
      tokenUrl: "https://tokens.elsewhere.example/token",
      replyTo: "answers@elsewhere.example",
    });
    const { text } = await world.owner.get(`/admin/approvals/${id}`);
    assert.match(
      text,
      /Address of the tokens: nothing now, https:\/\/tokens\.elsewhere\.example\/token then/,
    );
    assert.match(text, /Answers go to: nothing now, answers@elsewhere\.example then/);
  });
});

Deno.test("mail-keys-08: whoever decides proves again who they are, and looking at a request asks for nothing", async () => {
  await withKeptMail(async (world) => {
    const { isp, owner } = world;
    const id = await askFor(world);
    isp.clock.advance({ minutes: 16 });
    const page = await owner.get(`/admin/approvals/${id}`);
    assert.equal(page.status, 200, page.location);
    assert.match(page.text, /Server: smtp/);
    await decide(world, id, "approve");
    assert.equal(
      (await isp.run((trx) => findRequest(trx, id)))?.state,
      "asked",
      "not without their password",
    );
    assert.equal((await serverOf(world))?.host, "smtp.gmail.com");
  });
});

Deno.test("mail-keys-09: whoever is limited to a site reads nothing of it in the audit log, and who asked for it does", async () => {
  await withKeptMail(async (world) => {
    const { isp, owner, app } = world;
    await askFor(world);
    const { id: site } = await isp.run((trx) =>
      trx.selectFrom("sites").select("id").where("tenant_id", "=", isp.tenantId).executeTakeFirstOrThrow()
    );
    const limited = await app.signIn(isp.tenantId, PERMISSIONS, { siteIds: [site] });
    const named = /mail\.elsewhere\.example/;
    assert.match((await owner.get("/admin/audit")).text, named);
    const read = await limited.get("/admin/audit");
    assert.equal(read.status, 200);
    assert.doesNotMatch(read.text, named);
  });
});
