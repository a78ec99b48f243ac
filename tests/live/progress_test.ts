import assert from "node:assert/strict";
import { MARIA } from "@/tests/network/hub_world.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { confirmImport } from "@/web/services/imports/confirm_import.ts";
import { runImport } from "@/web/services/imports/run_import.ts";
import { saveImportReview } from "@/web/services/imports/save_import_review.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { keepCommandPart, keepCommandResult } from "@/web/services/network/commands/keep_answer.ts";
import { listRouterCommands } from "@/web/store/network/commands.ts";
import { LiveWorld } from "./live_world.ts";

const SECRETS = 600;

/** What an agent answers to a reading. */
function reading() {
  const secrets = Array.from({ length: SECRETS }, (_, i) => ({
    name: `user${String(i).padStart(4, "0")}`,
    profile: "10M",
    disabled: false,
    service: "pppoe",
    comment: null,
    caller_id: null,
    remote_address: null,
  }));
  const profiles = [{ name: "10M", rate_limit: "10M/10M" }];
  return { secrets, profiles };
}

Deno.test({
  name:
    "an import is followed from reading to its report on one page, also by somebody who left and came back",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using live = await LiveWorld.start({ withIslands: true });
    const { world } = live;
    const place = await world.addPlace("ilaya");
    const { tenantId, routerId, agentId, siteId } = place;
    const agent = await world.connect(place);
    const { cookie } = await live.app.signIn(tenantId, "Owner");
    const { batchId } = assertOk(await startImport(world.context, tenantId, MARIA, { routerId }));
    const news = await live.listen(cookie, `import:${batchId}`);
    const browser = await launchBrowser();
    try {
      const [name = "", value = ""] = cookie.split("=");
      await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
      const page = await browser.newPage();
      const shows = (words: RegExp) =>
        until(
          async () => words.test(await page.$eval("#content", (main) => (main as HTMLElement).innerText)),
          {
            what: `the page showing ${words}`,
            timeoutMs: 10_000,
          },
        );
      await page.goto(`${live.url}/admin/import/${batchId}`);
      await page.evaluate("globalThis.isSamePage = true");
      await shows(/Reading the secrets of Core/);
      const command = (await world.inTenant(tenantId, (trx) => listRouterCommands(trx, routerId, 10)))
        .find(({ kind }) => kind === "router.read_secrets");
      assert.ok(command);
      const { id } = command;
      const agent = { tenantId, agentId, siteId };
      const part = { t: "command.part", seq: 1, ack: 0, id, part: 1, content: reading() } as const;
      await keepCommandPart(world.context, agent, part);
      const result = { secret_count: SECRETS, profile_count: 1, parts: 1 };
      await keepCommandResult(world.context, agent, { id, status: "done", result });
      await shows(/600 secrets in 1 profile/);
      const review = {
        batchId,
        firstBillOn: Temporal.PlainDate.from("2026-12-01"),
        disabledPolicy: "disconnected" as const,
        profiles: [{ profile: "10M", newPlan: { name: "Fiber 10", priceCentavos: 99_900n } }],
        rows: [],
      };
      assertOk(await saveImportReview(world.context, tenantId, MARIA, review));
      const unqueued = { ...world.context, enqueue: () => Promise.resolve() };
      assertOk(await confirmImport(unqueued, tenantId, MARIA, { batchId }));
      await shows(/0 of 600/);
      await runImport(world.context, tenantId, batchId, { chunks: 1 });
      await shows(/200 of 600/);
      assert.ok(await page.evaluate("globalThis.isSamePage === true"));
      await page.goto(`${live.url}/admin/sites`);
      await page.goto(`${live.url}/admin/import/${batchId}`);
      await shows(/200 of 600/);
      await runImport(world.context, tenantId, batchId);
      await shows(/600 subscribers created/);
      console.log(`an import of ${SECRETS} rows: ${news.news.length} notices`);
      assert.ok(news.news.length <= 12, `${news.news.length} notices`);
    } finally {
      news.abort.abort();
      agent.socket.close();
      await browser.close();
    }
  },
});
