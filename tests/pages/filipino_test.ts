import assert from "node:assert/strict";
import { pay } from "@/tests/billing/isp.ts";
import { listBills } from "@/web/store/billing/bills_page.ts";
import { listPayments } from "@/web/store/payments/payments_page.ts";
import { listRuns } from "@/web/store/billing/runs.ts";
import { type Scene, withScene } from "../support/scene.ts";

/** Words that every English sentence has and no Filipino one. */
const ENGLISH =
  /\b(?:the|is|are|of|and|was|were|has|have|this|that|nobody|nothing|when|yet|its|they|there|until)\b/gi;
/** The tax rules ask for it in these words. */
const FIXED = "THIS DOCUMENT IS NOT VALID FOR CLAIM OF INPUT TAX.";

Deno.test("a Filipino page holds no English sentence but those that are marked as English", async () => {
  await withScene("2026-02-14T10:00", async (scene) => {
    const { isp } = scene;
    const [cut, other] = isp.subscriberIds;
    await pay(isp, 1, 300);
    const bill = (await isp.run((trx) => listBills(trx, { subscriberId: cut! }, { limit: 1 }))).rows[0]!;
    const payment = (await isp.run((trx) => listPayments(trx, {}, { limit: 1 }))).rows[0]!;
    const run = (await isp.run((trx) => listRuns(trx, { kind: "cut" }, 1)))[0]!;
    const { site_id: siteId, id: routerId } = await isp.run((trx) =>
      trx.selectFrom("routers").selectAll().executeTakeFirstOrThrow()
    );
    const paths = [
      "/admin",
      "/admin/subscribers",
      `/admin/subscribers/${cut}`,
      `/admin/subscribers/${other}`,
      `/admin/subscribers/${cut}/edit`,
      `/admin/subscribers/${other}/hold`,
      `/admin/subscribers/${other}/disconnect`,
      `/admin/subscribers/${cut}/reconnect`,
      "/admin/subscribers/new",
      "/admin/bills",
      `/admin/bills/${bill.id}`,
      `/admin/bills/${bill.id}/void`,
      "/admin/payments",
      "/admin/payments?q=wala",
      "/admin/payments/new",
      `/admin/payments/new?subscriber=${cut}`,
      `/admin/payments/${payment.id}`,
      `/admin/payments/${payment.id}/reverse`,
      "/admin/plans",
      "/admin/plans/new",
      `/admin/plans/${isp.planId}/edit`,
      `/admin/plans/${isp.planId}/archive`,
      "/admin/tonight",
      "/admin/tonight?view=held",
      "/admin/tonight?view=soon",
      "/admin/runs",
      `/admin/runs/${run.id}`,
      "/admin/sites",
      `/admin/sites/${siteId}`,
      `/admin/routers/${routerId}`,
      `/admin/routers/${routerId}/edit`,
      "/admin/import",
      "/admin/find",
      "/admin/help/shortcuts",
      "/admin/settings/company",
      "/admin/settings/billing",
      "/admin/settings/region",
      "/admin/settings/me",
      "/admin/setup/company",
      "/admin/nowhere",
      "/login",
    ];
    const left: Record<string, string[]> = {};
    for (const path of paths) {
      const words = englishOf(await read(scene, path));
      if (words.length > 0) left[path] = words;
    }
    assert.deepEqual(left, {});
  });
});

async function read({ app, owner }: Scene, path: string): Promise<string> {
  const headers = { "accept-language": "fil", ...(path === "/login" ? {} : { cookie: owner.cookie }) };
  const answer = await app.handler(new Request(`http://linya.test${path}`, { headers }));
  const html = await answer.text();
  assert.ok(answer.status === 200 || path === "/admin/nowhere", `${path}: ${answer.status}`);
  assert.match(html, /<html[^>]* lang="fil"/, path);
  return html;
}

/** The English of a page, each piece with the words around it. */
function englishOf(html: string): string[] {
  const text = html
    .replace(/<(script|style|pre|code)\b[\s\S]*?<\/\1>/g, " ")
    .replace(/<(\w+)\b[^>]*\blang="en"[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<[^>]*\b(?:aria-label|title|placeholder)="([^"]*)"[^>]*>/g, " | $1 | ")
    .replace(/<[^>]+>/g, " | ")
    .replaceAll(FIXED, "")
    // Names of time zones: America/Port of Spain.
    .replace(/\b[A-Z]\w+\/[\w -]+/g, "")
    .replace(/\s+/g, " ");
  return [
    ...new Set(
      [...text.matchAll(ENGLISH)].map(({ index }) => text.slice(Math.max(0, index - 40), index + 40)),
    ),
  ];
}
