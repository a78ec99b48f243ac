import assert from "node:assert/strict";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { handChangeKind, type RouterQuestion } from "@/shared/protocol/mod.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { insertSomeMail } from "@/tests/support/some_mail.ts";
import { insertSomeRequests } from "@/tests/support/some_requests.ts";
import { insertSomeStaff } from "@/tests/support/some_staff.ts";
import type { TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { excludeFromRun } from "@/web/services/cuts/exclude_from_run.ts";
import { holdSubscription } from "@/web/services/cuts/hold_subscription.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { recordOutage } from "@/web/services/billing/record_outage.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { agentWords } from "@/web/services/network/agent_words.ts";
import { insertHandChanges } from "@/web/store/network/hand_changes.ts";
import { updateRouter } from "@/web/store/network/routers.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { startImport } from "@/web/services/imports/start_import.ts";

const ROUTE_TABLE = await loadRouteTable();

/** Brings a provider into many states at once: bills paid, owed and overdue, cuts, holds, exclusions, an open import. */
export async function fillPages(provider: TestStack): Promise<void> {
  const { context, tenantId, actor, lines, router } = provider;
  const first = await provider.nextCutList();
  await provider.cut(first.runId);
  for (const name of first.names.slice(4)) await provider.pay(name);
  await correctBooks(provider);
  const { day } = await provider.nextCutList();
  const [, , , , held, excluded] = lines;
  assert.ok(held !== undefined && excluded !== undefined);
  const promise = { untilOn: day.add({ days: 3 }), reason: "Pays on Friday" };
  assertOk(
    await holdSubscription(context, tenantId, actor, { subscriptionId: held.subscriptionId, ...promise }),
  );
  assertOk(
    await excludeFromRun(context, tenantId, actor, {
      subscriptionId: excluded.subscriptionId,
      businessOn: day,
      reason: "Tower was down",
    }),
  );
  await loseService(provider);
  const added = generateSecrets(8, 77).map((secret, i) => ({ ...secret, name: `new-line-${i}` }));
  provider.stack.addSecrets(router.name, added);
  const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId: router.id }));
  const isRead = async () =>
    (await provider.query("select 1 from import_batches where id = $1 and status = 'review'", [batchId]))
      .length === 1;
  await until(isRead, { timeoutMs: 20_000, what: "the second import is read" });
  await provider.untilConverged();
  await troubleRouter(provider);
  await withTenant(context.db, tenantId, async (trx) => {
    const { today } = businessNow(await getTenant(trx), context.clock);
    await insertSomeMail(trx, { at: context.clock.now(), today });
    await insertSomeStaff(trx, context.clock.now());
    await insertSomeRequests(trx, { at: context.clock.now(), today });
  });
}

/** A router of which everything is told at once: remarks, a question, changes made by hand, a profile that is missing. */
async function troubleRouter({ context, tenantId, lines, router }: TestStack): Promise<void> {
  const now = context.clock.now();
  const said = (code: string) => ({ code, message: agentWords(code, "not enough permissions (9)") });
  const question = {
    id: crypto.randomUUID(),
    kind: "changed_at_once",
    asked_ms: now.epochMilliseconds,
    known: null,
    found: null,
    of: 10,
    enabled: 4,
    missing: 3,
    examples: lines.slice(0, 3).map(({ name }) => name),
  } satisfies RouterQuestion;
  await withTenant(context.db, tenantId, async (trx) => {
    const { site_id: siteId } = await trx.selectFrom("routers").select("site_id").where("id", "=", router.id)
      .executeTakeFirstOrThrow();
    const { today } = businessNow(await getTenant(trx), context.clock);
    const changes = handChangeKind.options.map((kind, i) => ({
      id: crypto.randomUUID(),
      name: lines[i]!.name,
      kind,
      before: kind === "profile" ? "50M" : null,
      after: kind === "profile" ? "10M" : null,
      said: i % 2 === 0 ? "ppp secret changed by admin" : null,
      foundAt: now.subtract({ minutes: i }),
      foundOn: today,
    }));
    await insertHandChanges(trx, { siteId, routerId: router.id }, { changes, now });
    await updateRouter(trx, router.id, {
      remarks: JSON.stringify(["router_may_not_write", "router_profile_missing"].map(said)),
      question: JSON.stringify(question),
    }, { raisesSettings: false });
    await trx.updateTable("observed_secrets").set({ drift: "profile_missing" })
      .where("router_id", "=", router.id).where("ppp_name", "=", lines[0]!.name).execute();
  });
}

/** An outage that lasts, of one connection. */
async function loseService({ context, tenantId, actor, lines }: TestStack): Promise<void> {
  const now = await withTenant(
    context.db,
    tenantId,
    async (trx) => businessNow(await getTenant(trx), context.clock).instant,
  );
  assertOk(
    await recordOutage(context, tenantId, actor, {
      id: crypto.randomUUID(),
      from: now.subtract({ hours: 2 }),
      to: null,
      cause: "Antenna out of line",
      kind: "fault",
      scope: "chosen",
      siteId: null,
      routerId: null,
      pppNames: [lines[0]!.name],
    }),
  );
}

/** Credit of a subscriber, a part of which is paid back. */
async function correctBooks(provider: TestStack): Promise<void> {
  const { context, tenantId, actor } = provider;
  const [paid] = await provider.query<{ id: string }>(
    `select s.id from subscribers s where s.tenant_id = $1 and not exists (select from bills b
      where b.tenant_id = s.tenant_id and b.subscriber_id = s.id and b.paid_centavos < b.total_centavos
        and b.status = 'issued') order by s.account_number limit 1`,
    [tenantId],
  );
  assert.ok(paid !== undefined);
  const given = {
    subscriberId: paid.id,
    reason: "Two days without service",
    idempotencyKey: crypto.randomUUID(),
  };
  const amounts = { memo: centavos(15_000), refund: centavos(5_000) };
  assertOk(
    await issueMemo(context, tenantId, actor, {
      ...given,
      kind: "outage",
      amountCentavos: amounts.memo,
      billId: null,
    }),
  );
  assertOk(
    await refundCredit(context, tenantId, actor, {
      ...given,
      amountCentavos: amounts.refund,
      method: "gcash",
      reference: "9001234",
    }),
  );
}

/** Ids by the first words of a pattern: which thing its `:id` is. */
export async function listIds(provider: TestStack): Promise<Map<string, string>> {
  const one = async (text: string) => {
    const [row] = await provider.query<{ id: string }>(text, [provider.tenantId]);
    assert.ok(row !== undefined, text);
    return row.id;
  };
  return new Map([
    ["agents", await one("select id from agents where tenant_id = $1")],
    ["approvals", await one("select id from approval_requests where tenant_id = $1 limit 1")],
    ["bills", await one("select id from bills where tenant_id = $1 and paid_centavos = 0 limit 1")],
    ["decisions", await one("select id from subscriptions where tenant_id = $1 order by ppp_name limit 1")],
    ["import", await one("select id from import_batches where tenant_id = $1 and status = 'review'")],
    ["invites", await one("select id from staff_invites where tenant_id = $1")],
    ["mail", await one("select id from mail_messages where tenant_id = $1 limit 1")],
    ["memos", await one("select id from credit_memos where tenant_id = $1 limit 1")],
    ["outages", await one("select id from outages where tenant_id = $1 and to_at is null limit 1")],
    ["payments", await one("select id from payments where tenant_id = $1 limit 1")],
    ["plans", await one("select id from plans where tenant_id = $1 limit 1")],
    ["refunds", await one("select id from refunds where tenant_id = $1 limit 1")],
    ["reminders", await one("select id from mail_batches where tenant_id = $1 limit 1")],
    ["roles", await one("select id from roles where tenant_id = $1 and not is_builtin limit 1")],
    ["routers", await one("select id from routers where tenant_id = $1")],
    ["runs", await one("select id from runs where tenant_id = $1 and kind = 'cut' and changed > 0 limit 1")],
    ["sites", await one("select id from sites where tenant_id = $1")],
    ["staff", await one("select id from staff_users where name = 'Nilo Santos' and $1::uuid is not null")],
    [
      "subscribers",
      await one("select subscriber_id as id from bills where tenant_id = $1 order by number limit 1"),
    ],
    [
      "tonight",
      await one(`select w.subscription_id as id from run_rows w join runs r on r.tenant_id = w.tenant_id
        and r.id = w.run_id where w.tenant_id = $1 and r.status = 'planned' and w.outcome = 'listed' limit 1`),
    ],
  ]);
}

/** GET routes that are no pages of the admin, and where they are tested. */
const SEEN_ELSEWHERE: Readonly<Record<string, string>> = {
  "/": "leads to the admin: web/routes",
  "/login": "looked at without a session",
  "/login/second": "for who has typed a password: tests/access",
  "/login/passkey": "looked at without a session: tests/access",
  "/admin/settings/second-factor/remove": "for who has a factor: tests/access",
  "/admin/settings/second-factor/codes/text": "for who has just made codes: tests/access",
  "/forgot": "looked at without a session",
  "/setup": "looked at in the first hour, before there is an owner",
  "/health": "JSON: the stack waits for it",
  "/admin/events": "a stream: tests/live",
  "/admin/approvals/decided": "leads on where nothing was decided together: tests/approvals",
  "/admin/confirm": "leads on who has just signed in: tests/access",
  "/admin/audit/head.json": "there after the first night: tests/audit",
  "/admin/audit/break": "there while the log is broken: tests/audit",
  "/admin/subscribers/:id/personal-data": "an archive: tests/privacy",
  "/b/:token": "has a signed address: tests/mail",
  "/b/:token/logo": "has a signed address: tests/mail",
  "/b/:token/statement.pdf": "has a signed address: tests/mail",
  "/m/:token": "has a signed address: tests/mail",
  "/invite/:code": "for who has the link: tests/access",
  "/reset/:code": "for who has the link: tests/access",
  "/admin/settings/mail/texts/:occasion/:language/preview": "in a frame: tests/mail",
  "/admin/reminders/preview": "in a frame: tests/mail",
  "/admin/demo/mailbox/page": "somebody else's page: tests/demo",
  "/admin/demo/mailbox/file": "a file of a mail: tests/demo",
};

/** A page that is only one with a query. */
export const QUERIES: Readonly<Record<string, string>> = {
  "/admin/find": "q=a",
  "/admin/subscribers/:id/price/review":
    "kind=percent_off&percent=10&from=next&end=periods&periods=3&reason=Staff",
  "/admin/setup/billing/review": "preset=anniversary&revision=0",
};

/** A pattern of the route table as an address of this provider. */
export function addressOf(pattern: string, ids: ReadonlyMap<string, string>): string {
  const kind = /([^/]+)\/:id/.exec(pattern)?.[1] ?? "";
  const id = ids.get(kind);
  if (pattern.includes(":id")) assert.ok(id !== undefined, `no id is known for ${pattern}`);
  const address = pattern.replace(":id", id ?? "").replace(":list", "subscribers")
    .replace(":occasion", "bill_issued").replace(":language", "fil").replace(":entry", "1").replace(
      ":kind",
      "service_end",
    );
  assert.ok(!address.includes(":"), `${pattern} has a part that tests/e2e/_pages.ts does not know`);
  return address;
}

/** Every GET route of the admin as an address that a signed-in owner can open. */
export function listAddresses(ids: ReadonlyMap<string, string>): { path: string; isFile: boolean }[] {
  return ROUTE_TABLE
    .filter(({ method, pattern }) => method === "GET" && SEEN_ELSEWHERE[pattern] === undefined)
    .map(({ pattern }) => {
      const query = QUERIES[pattern];
      const path = addressOf(pattern, ids);
      return { path: query === undefined ? path : `${path}?${query}`, isFile: /\.(csv|pdf)$/.test(pattern) };
    });
}

/** Every page of the admin that a signed-in owner can open, as an address. */
export function listPages(ids: ReadonlyMap<string, string>): string[] {
  const pages = listAddresses(ids).filter(({ isFile }) => !isFile).map(({ path }) => path);
  const subscriber = ids.get("subscribers");
  const outage = ids.get("outages");
  return [
    ...pages,
    ...["end", "edit", "take-back", "report"].map((page) => `/admin/outages/${page}?outage=${outage}`),
    `/admin/payments/new?subscriber=${subscriber}`,
    "/admin/payments/new?q=a",
    "/admin/tonight?view=held",
    "/admin/tonight?view=kept",
    "/admin/tonight?view=no_notice",
    "/admin/tonight?view=soon",
    "/admin/subscribers?bill=overdue",
    "/admin/subscribers?q=nobody-is-called-this",
    "/admin/bills?status=paid",
    "/admin/find?q=nobody-is-called-this",
    "/admin?done=undone",
    "/admin/reports/aging?on=2026-01-01",
    "/admin/reports/aging?age=d30",
    "/admin/reports/collections?reversed=yes&by=staff",
    "/admin/reports/accounts/lines?account=cash:cash",
    "/admin/reports/accounts/lines?account=write_offs",
    `/admin/subscribers/${subscriber}/ledger?kind=payment`,
    `/admin/subscribers/${subscriber}/statement?on=2026-01-01`,
  ];
}
