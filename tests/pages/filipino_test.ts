import assert from "node:assert/strict";
import { coded, formatCoded } from "@/shared/codes/mod.ts";
import { handChangeKind, type RouterQuestion } from "@/shared/protocol/mod.ts";
import { centavos } from "@/shared/money/mod.ts";
import { pay } from "@/tests/billing/isp.ts";
import { MARIA } from "@/tests/network/hub_world.ts";
import { addressOf, QUERIES } from "@/tests/e2e/_pages.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { agentWords } from "@/web/services/network/agent_words.ts";
import { issueMemo } from "@/web/services/payments/issue_memo.ts";
import { refundCredit } from "@/web/services/payments/refund_credit.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { listRuns } from "@/web/store/billing/runs.ts";
import { updateImportBatch } from "@/web/store/imports/import_batches.ts";
import { insertHandChanges } from "@/web/store/network/hand_changes.ts";
import { updateRouter } from "@/web/store/network/routers.ts";
import { insertSomeStaff } from "../support/some_staff.ts";
import { insertSomeRequests } from "@/tests/support/some_requests.ts";
import { insertSomeMail } from "../support/some_mail.ts";
import { type Scene, withScene } from "../support/scene.ts";

/** Words that every English sentence has and no Filipino one. */
const ENGLISH =
  /\b(?:the|is|are|of|and|was|were|has|have|this|that|nobody|nothing|when|yet|its|they|there|until|you|your|with|from|not|will|been|somebody|first|again)\b/gi;
/** Attributes that are shown or read out. */
const SAID =
  /\s(?:aria-label|aria-description|title|placeholder|alt|data-(?:label|question|confirm|text))="([^"]*)"/g;
/** The tax rules ask for it in these words, and the paper has this name everywhere. */
const FIXED = /THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX|statement of account/gi;

/** A memo of which a part is paid back. */
async function corrected({ isp }: Scene): Promise<Map<string, string>> {
  const call = [isp.context, isp.tenantId, isp.actor] as const;
  const about = { subscriberId: isp.subscriberIds[11]!, reason: "x", idempotencyKey: crypto.randomUUID() };
  await pay(isp, 11, 1000);
  const memo = { kind: "outage" as const, amountCentavos: centavos(9000), billId: null };
  const refund = { method: "cash" as const, amountCentavos: centavos(100), reference: "" };
  return new Map([
    ["memos", assertOk(await issueMemo(...call, { ...about, ...memo })).memoId],
    ["refunds", assertOk(await refundCredit(...call, { ...about, ...refund })).refundId],
  ]);
}

Deno.test("every page and every refused form in Filipino holds no English but what is marked as English", async () => {
  await withScene("2026-02-14T10:00", async (scene) => {
    const { isp } = scene;
    const [cut] = isp.subscriberIds;
    await pay(isp, 1, 300);
    await fill(scene);
    const ids = new Map([...await idsOf(scene), ...await corrected(scene)]);
    const left: Record<string, string[]> = {};
    const note = (what: string, html: string) => {
      const words = englishOf(html);
      if (words.length > 0) left[what] = words;
    };
    const pages = ROUTE_TABLE.filter(({ method, pattern }) =>
      method === "GET" && !ELSEWHERE.includes(pattern) && !/\.(csv|pdf)$/.test(pattern)
    ).map(({ pattern }) => `${addressOf(pattern, ids)}${QUERIES[pattern] ? `?${QUERIES[pattern]}` : ""}`);
    let looked = 0;
    for (const path of [...pages, ...MORE, `/admin/payments/new?subscriber=${cut}`]) {
      const html = await read(scene, path);
      if (html === null) continue;
      looked++;
      note(path, html);
    }
    assert.ok(looked > 70, `${looked} pages were looked at`);
    // Forms that are sent empty: what they say of it, and what the page says that one is led to.
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await read(scene, "/admin/subscribers") ?? "")?.[1] ??
      "";
    const forms = ROUTE_TABLE.filter(({ method, pattern }) =>
      method === "POST" && pattern.startsWith("/admin") && !/\.(csv|pdf)$/.test(pattern) &&
      !NOT_SENT.includes(pattern)
    ).map(({ pattern }) => addressOf(pattern, ids));
    let refused = 0;
    for (const path of forms) {
      const answer = await send(scene, path, { method: "POST", body: new URLSearchParams({ _csrf: csrf }) });
      const html = await answer.text();
      if (answer.status === 303) {
        const to = (answer.headers.get("location") ?? "").replace("http://linya.test", "");
        note(`POST ${path} -> ${to}`, await read(scene, to) ?? "");
      } else {
        assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status}`);
        note(`POST ${path}`, html);
        refused++;
      }
    }
    assert.ok(refused > 20, `${refused} forms were refused`);
    assert.deepEqual(left, {});
  });
});

const ROUTE_TABLE = await loadRouteTable();
/** No pages: a stream, JSON, a picture; and the demo's, which are there in a demo only. */
const ELSEWHERE = [
  "/",
  "/health",
  "/logo",
  "/admin/events",
  // There after the first night, and JSON.
  "/admin/audit/head.json",
  // There while the log is broken.
  "/admin/audit/break",
  // An archive.
  "/admin/subscribers/:id/personal-data",
  "/admin/demo",
  "/admin/demo/days",
  "/admin/demo/mailbox",
  "/admin/demo/mailbox/page",
  "/admin/demo/mailbox/file",
  "/admin/demo/tour",
  // For who has the address, in the language of their mails.
  "/b/:token",
  "/b/:token/logo",
  "/b/:token/statement.pdf",
  "/m/:token",
  "/invite/:code",
  "/reset/:code",
  // For who has typed a password, has a factor, or has just made codes.
  "/login/second",
  "/admin/settings/second-factor/remove",
  "/admin/settings/second-factor/codes/text",
  // A mail, in the language of its text.
  "/admin/settings/mail/texts/:occasion/:language/preview",
  "/admin/reminders/preview",
];
/** They end the session, change what it sees or the language, or are the demo's. */
const NOT_SENT = [
  "/admin/roles/:id/see",
  "/admin/staff/:id/see",
  "/admin/sign-out",
  "/admin/preferences",
  "/admin/demo/agent",
  "/admin/demo/clock",
  "/admin/demo/mail",
  "/admin/demo/router",
  "/admin/demo/tour",
];
/** The same pages with other things on them, error pages, and toasts. */
const MORE = [
  "/admin/payments?q=wala",
  "/admin/payments/new?q=a",
  "/admin/tonight?view=held",
  "/admin/tonight?view=kept",
  "/admin/tonight?view=soon",
  "/admin/subscribers?bill=overdue",
  "/admin/subscribers?q=walang-ganito",
  "/admin/bills?status=paid",
  "/admin/decisions?kind=parked",
  "/admin/runs?kind=bill",
  "/admin/nowhere",
  "/admin/subscribers/00000000-0000-7000-8000-000000000000",
  "/admin/subscribers?after=broken",
  "/admin/plans?done=created",
  "/admin/sites?done=revoked",
  "/admin?done=undone",
];

const QUESTION = {
  id: "0193a000-0000-4000-8000-000000000001",
  kind: "changed_at_once",
  asked_ms: 0,
  known: null,
  found: null,
  of: 40,
  enabled: 12,
  missing: 3,
  examples: ["ana"],
} satisfies RouterQuestion;

/** What there is to see on the pages of sites and routers: what an agent answered, and another router. */
async function fill({ isp }: Scene): Promise<void> {
  const routerId = isp.routerIds[0]!;
  const { batchId } = assertOk(await startImport(isp.context, isp.tenantId, MARIA, { routerId }));
  await isp.run(async (trx) => {
    const now = isp.context.clock.now();
    await insertSomeMail(trx, { at: now, today: Temporal.PlainDate.from("2026-02-14") });
    await insertSomeRequests(trx, { at: now, today: Temporal.PlainDate.from("2026-02-14") });
    await updateImportBatch(trx, batchId, { status: "review", total: 0 });
    const told = agentWords("router_unreachable", "Cannot reach the router at 10.0.0.1:8728: refused");
    await trx.updateTable("commands").set({ status: "failed", error_message: told, finished_at: now })
      .where("tenant_id", "=", isp.tenantId).execute();
    await updateRouter(trx, routerId, {
      status: "wrong_router",
      status_at: now,
      status_message: formatCoded(coded("router_other", { found: "HE1", aside: "10.0.0.1:8728" })),
      remarks: JSON.stringify(
        ["router_may_not_write", "router_profile_missing", "router_uplink_down", "router_changed_at_once"]
          .map(
            (code) => ({ code, message: agentWords(code, "Cannot write: not enough permissions") }),
          ),
      ),
      question: JSON.stringify(QUESTION),
    }, { raisesSettings: false });
    const { site_id: siteId } = await trx.selectFrom("routers").select("site_id").where("id", "=", routerId)
      .executeTakeFirstOrThrow();
    const { ppp_name: name } = await trx.selectFrom("desired_secrets").select("ppp_name")
      .where("router_id", "=", routerId).limit(1).executeTakeFirstOrThrow();
    const change = { name, before: "10M", after: null, said: "Secret changed by admin", foundAt: now };
    await insertHandChanges(trx, { siteId, routerId }, {
      now,
      changes: handChangeKind.options.map((kind) => ({
        ...change,
        kind,
        id: crypto.randomUUID(),
        foundOn: Temporal.PlainDate.from("2026-02-14"),
      })),
    });
  });
}

/** Which thing an `:id` is, by the first word of its pattern. */
async function idsOf({ isp }: Scene): Promise<Map<string, string>> {
  const tables = {
    agents: "agents",
    approvals: "approval_requests",
    bills: "bills",
    import: "import_batches",
    mail: "mail_messages",
    payments: "payments",
    plans: "plans",
    reminders: "mail_batches",
    routers: "routers",
    sites: "sites",
    subscribers: "subscribers",
    tonight: "subscriptions",
  } as const;
  const staff = await isp.run((trx) => insertSomeStaff(trx, isp.clock.now()));
  const ids = new Map<string, string>(Object.entries(staff));
  for (const [word, table] of Object.entries(tables)) {
    const row = await isp.run((trx) =>
      trx.selectFrom(table).select("id").where("tenant_id", "=", isp.tenantId).orderBy("id")
        .executeTakeFirstOrThrow()
    );
    ids.set(word, row.id);
  }
  ids.set("decisions", isp.subscriptionIds[0]!);
  ids.set("runs", (await isp.run((trx) => listRuns(trx, { kind: "cut" }, 1)))[0]!.id);
  return ids;
}

async function send({ app, owner }: Scene, path: string, init: RequestInit = {}): Promise<Response> {
  const isOpen = path === "/login" || path === "/setup";
  const headers = {
    "accept-language": "fil",
    origin: "http://linya.test",
    ...(isOpen ? {} : { cookie: owner.cookie }),
  };
  return await app.handler(new Request(`http://linya.test${path}`, { ...init, headers }));
}

/** A page as it is read; null for an address that only leads to another one. */
async function read(scene: Scene, path: string): Promise<string | null> {
  const answer = await send(scene, path);
  const html = await answer.text();
  if (answer.status === 303 || answer.status === 302) return null;
  assert.ok(answer.status < 500, `${path}: ${answer.status}`);
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) return null;
  if (answer.status === 200) assert.match(html, /<html[^>]* lang="fil"/, path);
  return html;
}

/** The English of a page, each piece with the words around it. */
function englishOf(html: string): string[] {
  const text = html
    .replace(/<(script|style|pre|code)\b[\s\S]*?<\/\1>/g, " ")
    .replace(/<(\w+)\b[^>]*\blang="en"[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<[^>]+>/g, (tag) => ` | ${[...tag.matchAll(SAID)].map((match) => match[1]).join(" | ")} | `)
    .replace(FIXED, "")
    // Names of time zones: America/Port of Spain.
    .replace(/\b[A-Z]\w+\/[\w -]+/g, "")
    .replace(/\s+/g, " ");
  return [
    ...new Set(
      [...text.matchAll(ENGLISH)].map(({ index }) => text.slice(Math.max(0, index - 40), index + 40)),
    ),
  ];
}
