import assert from "node:assert/strict";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { createLogger } from "@/shared/log.ts";
import { assertOk, assertRefused } from "@/tests/support/expect.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import {
  addStaff,
  CLIENT,
  createInstallation,
  createOwner,
  OWNER,
  type TestInstallation,
} from "@/web/services/access/_test_access.ts";
import { cleanUpAccess } from "@/web/services/access/clean_up_access.ts";
import { enrolmentDoor } from "@/web/services/access/enrolment_door.ts";
import { SecurityLog } from "@/web/services/access/security_log.ts";
import { resolveSession, signOut } from "@/web/services/access/session.ts";
import { signIn } from "@/web/services/access/sign_in.ts";
import { ENTRIES_PER_PERIOD } from "@/web/store/access/security_events.ts";
import { listSecurityEvents, type SecurityLogRow } from "@/web/store/access/security_log_page.ts";
import { insertTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";

const RIGHT = { email: OWNER.email, password: OWNER.password, ...CLIENT, requestId: "request-1" };
const WRONG = { ...RIGHT, password: "kape sa gabi" };

/** The cookie of a browser in which somebody has signed in before. */
function knownTo({ browsers, clock }: TestInstallation, staffUserId: string): string {
  return browsers.issue(null, staffUserId, clock.now());
}

async function readLog(
  { db, security }: Pick<TestInstallation, "db" | "security">,
  tenantId: string,
): Promise<SecurityLogRow[]> {
  await security.settled();
  return await withTenant(
    db,
    tenantId,
    async (trx) => (await listSecurityEvents(trx, {}, { limit: 500 })).rows,
  );
}

const lineOf = ({ kind, reason, account, ip, times }: SecurityLogRow) =>
  [kind, reason, account, ip, times].join(" ");

async function addTenant({ db }: Pick<TestInstallation, "db">, slug: string): Promise<string> {
  const tenantId = crypto.randomUUID();
  await withTenant(db, tenantId, (trx) => insertTenant(trx, { slug, name: slug, timeZone: "Asia/Manila" }));
  return tenantId;
}

function servicesOf({ db, clock }: TestInstallation, lines: string[] = []) {
  const log = createLogger((line) => lines.push(line), () => clock.now());
  return { db, clock, log, notifyRouters: () => {}, notifyCommands: () => {} };
}

Deno.test("sign-in ok, failed, made to wait and out are in the log with account, address, request and time", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const { token } = assertOk(await signIn(installation, RIGHT));
  const session = await resolveSession(installation, token);
  assert.ok(session !== null);
  await signOut(installation, session, { ip: CLIENT.ip, requestId: "request-2" });
  for (let i = 0; i < 7; i++) await signIn(installation, { ...WRONG, requestId: `wrong-${i}` });
  const log = await readLog(installation, tenantId);
  assert.deepEqual(log.map(lineOf).sort(), [
    "new_device password ana@example.com 203.0.113.7 1",
    "sign_in_failed wrong_password ana@example.com 203.0.113.7 5",
    "sign_in_locked too_many_tries ana@example.com 203.0.113.7 2",
    "sign_in_ok password ana@example.com 203.0.113.7 1",
    "signed_out signed_out ana@example.com 203.0.113.7 1",
  ]);
  const failed = log.find(({ kind }) => kind === "sign_in_failed");
  assert.equal(failed?.request_id, "wrong-4", "the request of the last one");
  assert.ok(failed?.last_at.equals(installation.clock.now()));
});

Deno.test("what is typed in place of an address may be a password: it is neither stored nor logged", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const lines: string[] = [];
  const security = new SecurityLog(servicesOf(installation, lines));
  const context = { ...installation, security };
  for (const email of ["kape sa umaga canary", "canary", "canary@", "p@canary1!", "ana@example.com canary"]) {
    assertRefused(await signIn(context, { ...WRONG, email, password: "canary-password" }), "wrong_login");
  }
  assertRefused(await signIn(context, { ...WRONG, email: "canary@canary.com" }), "wrong_login");
  const log = await readLog(context, tenantId);
  assert.deepEqual([...new Set(log.map(({ account }) => account))].sort(), ["", "c***@c***"]);
  assert.ok(!JSON.stringify(log.map((row) => ({ ...row }))).includes("canary"));
  assert.ok(lines.length >= 6 && !lines.join().includes("canary"));
});

Deno.test("an event is one structured line in the log too, with a flood counted in the table only", async () => {
  await using installation = await createInstallation();
  await createOwner(installation);
  const lines: string[] = [];
  const security = new SecurityLog(servicesOf(installation, lines));
  await signIn({ ...installation, security }, WRONG);
  await security.settled();
  const line = JSON.parse(lines.find((text) => text.includes("security_sign_in_failed")) ?? "{}");
  assert.equal(line.account, "ana@example.com");
  assert.equal(line.ip, CLIENT.ip);
  assert.equal(line.request_id, "request-1");
});

Deno.test("with several ISPs a try on an account that is nobody's is shown to none of them", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const nobody = { ...WRONG, email: "nobody@example.com" };
  await signIn(installation, nobody);
  assert.deepEqual((await readLog(installation, tenantId)).map(({ account }) => account), ["n***@e***"]);
  const otherId = await addTenant(installation, "other");
  installation.clock.advance({ hours: 1 });
  await signIn(installation, nobody);
  await signIn(installation, WRONG);
  const own = await readLog(installation, tenantId);
  assert.deepEqual(own.map(({ reason }) => reason), ["wrong_password", "unknown_account"]);
  assert.ok((own[1]?.last_at.epochMilliseconds ?? 0) < (own[0]?.last_at.epochMilliseconds ?? 0));
  assert.deepEqual(await readLog(installation, otherId), [], "nothing of another ISP's people");
  const rest = await installation.db.selectFrom("installation_security_events").selectAll().execute();
  assert.deepEqual(rest.map(({ account, times }) => [account, times]), [["n***@e***", 1]]);
});

Deno.test("a flood from thousands of addresses fills no table, and the account that is aimed at stays named", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId } = await createOwner(installation);
  const { security } = installation;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 150; i++) {
      const base = { tenantId, kind: "sign_in_failed", reason: "wrong_password", requestId: "r" } as const;
      security.note({ ...base, account: OWNER.email, staffUserId, ip: `198.51.${round}.${i}` });
    }
    await security.settled();
  }
  const log = await readLog(installation, tenantId);
  assert.ok(log.length <= ENTRIES_PER_PERIOD + 2, String(log.length));
  assert.equal(log.reduce((sum, row) => sum + row.times, 0), 1500, "none is lost");
  assert.ok(log.every(({ account }) => account === "ana@example.com"));
});

Deno.test("made-up names from one address are a few entries", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const { security } = installation;
  for (let i = 0; i < 300; i++) {
    const account = `${String.fromCharCode(97 + i % 26)}***@${String.fromCharCode(97 + i % 11)}***`;
    const who = { tenantId: null, account, staffUserId: null, ip: CLIENT.ip, requestId: "r" };
    security.note({ ...who, kind: "sign_in_failed", reason: "unknown_account" });
    if (i % 20 === 0) await security.settled();
  }
  const log = await readLog(installation, tenantId);
  assert.ok(log.length <= 23, String(log.length));
  assert.equal(log.reduce((sum, row) => sum + row.times, 0), 300);
});

Deno.test("what is older than 180 days goes, and of strangers' entries the oldest above the most", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId } = await createOwner(installation);
  assertOk(await signIn(installation, { ...RIGHT, known: knownTo(installation, staffUserId) }));
  installation.clock.advance({ hours: 24 * 180 });
  await signIn(installation, WRONG);
  await installation.security.settled();
  await cleanUpAccess(installation);
  assert.equal((await readLog(installation, tenantId)).length, 2);
  installation.clock.advance({ seconds: 1 });
  await cleanUpAccess(installation);
  assert.deepEqual((await readLog(installation, tenantId)).map(({ kind }) => kind), ["sign_in_failed"]);
  await cleanUpAccess(installation);
  const lines = await withTenant(
    installation.db,
    tenantId,
    (trx) =>
      trx.selectFrom("system_log").select(["event", "message"]).where("tenant_id", "=", tenantId).execute(),
  );
  const message = formatCoded(coded("log_cleaned", { kind: "security", count: 1 }));
  assert.deepEqual(lines, [{ event: "privacy_cleaned", message }], "the System log says what went, once");
});

Deno.test("signing in again and disabling a person say in the log what ended", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId } = await createOwner(installation);
  const { token } = assertOk(await signIn(installation, RIGHT));
  assertOk(await signIn(installation, { ...RIGHT, openToken: token }));
  await withTenant(
    installation.db,
    tenantId,
    (trx) =>
      trx.updateTable("staff_users").set({ is_disabled: true }).where("id", "=", staffUserId).execute(),
  );
  const reasons = (await readLog(installation, tenantId)).map(({ reason }) => reason);
  assert.ok(reasons.includes("replaced") && reasons.includes("person_disabled"), reasons.join());
});

Deno.test("a wrong enrolment code is in the log, without the code", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const lines: string[] = [];
  const door = enrolmentDoor(servicesOf(installation, lines), "key");
  const request = {
    code: "AB12-0123456789ABCDEF",
    identity_public_key: "A".repeat(43),
    sealing_public_key: "A".repeat(43),
    install_id: crypto.randomUUID(),
    version: "1.0.0",
    signature: "A".repeat(86),
  };
  assert.equal((await door.enrol(request, "2001:db8::7")).ok, false);
  await door.settled();
  const log = await readLog(installation, tenantId);
  assert.deepEqual(log.map(lineOf), ["refused enrolment  2001:db8::7 1"]);
  assert.ok(!lines.join().includes("0123456789ABCDEF"));
});

Deno.test("refused pages, forms and origins are in the log; the page shows them to those with the permission only", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  await addStaff(installation, tenantId, "ben@example.com");
  const app = await createWebApp(servicesOf(installation));
  const owner = await app.signIn(tenantId, "Owner");
  const cashier = await app.signIn(tenantId, "Cashier");
  assert.equal((await cashier.get("/admin/settings/security")).status, 404);
  assert.equal((await cashier.get("/admin/settings/security.csv")).status, 404);
  const stale = await app.handler(
    new Request("http://linya.test/admin/sign-out", {
      method: "POST",
      headers: { cookie: cashier.cookie, origin: "http://linya.test" },
      body: new URLSearchParams({ _csrf: "x" }),
    }),
  );
  assert.equal(stale.status, 403);
  const foreign = await app.handler(
    new Request("http://linya.test/login", {
      method: "POST",
      headers: { origin: "https://evil.example" },
      body: new URLSearchParams({ email: "x" }),
    }),
  );
  assert.equal(foreign.status, 403);
  await app.security.settled();
  const page = await owner.get("/admin/settings/security");
  assert.equal(page.status, 200);
  for (
    const words of [
      "No permission for this page GET /admin/settings/security",
      "A form that was not from this session",
      "A request from another site",
    ]
  ) {
    assert.ok(page.text.includes(words), words);
  }
  const refused = await owner.get("/admin/settings/security?kind=refused&q=nobody");
  assert.match(refused.text, /Nothing matches|No .* match/i);
  const csv = await owner.get("/admin/settings/security.csv?kind=refused");
  assert.match(csv.html, /"Refused","No permission for this page","GET \/admin\/settings\/security"/);
  assert.ok(!csv.html.includes("Signed in"));
  const again = await owner.get("/admin/settings/security?kind=sign_in_ok&per=50");
  assert.ok(!again.text.includes("A request from another site"));
});

Deno.test("requests under a strange host name are in the log, and a flood of them is few entries", async () => {
  await using installation = await createInstallation();
  const { tenantId } = await createOwner(installation);
  const app = await createWebApp(servicesOf(installation), { only: ["/login", "/admin/settings/security"] });
  for (let i = 0; i < 300; i++) {
    const method = `M${i}`;
    const answer = await app.handler(new Request(`http://stranger-${i}.example/path-${i}`, { method }));
    assert.equal(answer.status, 421);
  }
  await app.security.settled();
  const rows = (await readLog(installation, tenantId)).filter(({ reason }) => reason === "host");
  assert.equal(rows.reduce((sum, { times }) => sum + times, 0), 300);
  assert.equal(rows.length, 1);
  assert.ok(!JSON.stringify(rows).includes("stranger"));
  const page = await (await app.signIn(tenantId, "Owner")).get("/admin/settings/security");
  assert.ok(page.text.includes("Asked for under a name that is not ours"));
});

Deno.test("pages of the log follow each other without a gap", async () => {
  await using installation = await createInstallation();
  const { tenantId, staffUserId } = await createOwner(installation);
  const known = knownTo(installation, staffUserId);
  for (let i = 0; i < 7; i++) {
    assertOk(await signIn(installation, { ...RIGHT, known }));
    installation.clock.advance({ minutes: 1 });
  }
  await withTenant(installation.db, tenantId, async (trx) => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const { rows, next } = await listSecurityEvents(trx, { q: "ANA@" }, { after, limit: 3 });
      seen.push(...rows.map(({ id }) => id));
      after = next ?? undefined;
    } while (after !== undefined);
    assert.equal(new Set(seen).size, 7);
    assert.equal((await listSecurityEvents(trx, { q: "203.0.113." }, { limit: 9 })).rows.length, 7);
    assert.equal((await listSecurityEvents(trx, { q: "a%" }, { limit: 9 })).rows.length, 0);
  });
});
