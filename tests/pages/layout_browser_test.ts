import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Page } from "puppeteer-core";
import { type Isp, pay } from "@/tests/billing/isp.ts";
import type { RouterQuestion } from "@/shared/protocol/mod.ts";
import type { TenantTransaction } from "@/web/store/db/tenant_transaction.ts";
import { insertHandChanges } from "@/web/store/network/hand_changes.ts";
import { updateRouter } from "@/web/store/network/routers.ts";
import { browserTest, withDesk } from "./_desk.ts";

const WIDTHS = [320, 360, 768, 1280, 1366, 1440];
const UNBROKEN = "W".repeat(60);
const LONG = `${"Maria Corazon de los Santos y Villanueva ".repeat(6)}`.slice(0, 120).trim();
const LISTS = ["subscribers", "tonight", "bills", "payments", "plans", "sites", "runs", "import"];

/** Names without an end, wherever somebody types one. */
async function makeHostile(isp: Isp): Promise<void> {
  await isp.run(async (trx) => {
    const { tenantId } = isp;
    await sql`update subscribers set name = ${UNBROKEN}, barangay = ${UNBROKEN}, address = ${UNBROKEN},
      notes = ${UNBROKEN}, phone = '+639171234567' where tenant_id = ${tenantId} and id = ${
      isp.subscriberIds[0]
    }`.execute(trx);
    await sql`update subscribers set name = ${LONG} where tenant_id = ${tenantId} and id = ${
      isp.subscriberIds[1]
    }`.execute(trx);
    await sql`update subscriptions set ppp_name = ${"p".repeat(60)} where tenant_id = ${tenantId} and id = ${
      isp.subscriptionIds[0]
    }`.execute(trx);
    await sql`update plans set name = ${UNBROKEN}, ppp_profile = ${
      "q".repeat(60)
    } where tenant_id = ${tenantId}`
      .execute(trx);
    await sql`update routers set name = ${"R".repeat(60)} where tenant_id = ${tenantId} and id = ${
      isp.routerIds[0]
    }`.execute(trx);
    await makeHandChanges(trx, isp.routerIds[0]!, isp.context.clock.now());
    await sql`update sites set name = ${"S".repeat(60)} where tenant_id = ${tenantId}`.execute(trx);
  });
}

/** What an agent tells of a router, as long as it may be. */
async function makeHandChanges(
  trx: TenantTransaction,
  routerId: string,
  now: Temporal.Instant,
): Promise<void> {
  const name = "W".repeat(128);
  const question = {
    id: crypto.randomUUID(),
    kind: "changed_at_once",
    asked_ms: 0,
    known: null,
    found: null,
    of: 50_000,
    enabled: 50_000,
    missing: 50_000,
    examples: Array.from({ length: 20 }, () => name),
  } satisfies RouterQuestion;
  await updateRouter(trx, routerId, {
    status: "online",
    identity: name,
    remarks: JSON.stringify([{ code: "router_newer", message: "W".repeat(1_000) }]),
    question: JSON.stringify(question),
  }, { raisesSettings: false });
  const found = await trx.selectFrom("desired_secrets")
    .innerJoin("routers", "routers.id", "desired_secrets.router_id")
    .select(["ppp_name", "site_id"]).where("router_id", "=", routerId).executeTakeFirstOrThrow();
  await insertHandChanges(trx, { siteId: found.site_id, routerId }, {
    now,
    changes: [{
      id: crypto.randomUUID(),
      name: found.ppp_name,
      kind: "profile",
      before: name,
      after: name,
      said: "W".repeat(1_000),
      foundAt: now,
      foundOn: Temporal.PlainDate.from("2026-02-14"),
    }],
  });
}

/** How wide the page is beyond the window, and what reaches out furthest. */
const tooWide = (page: Page) =>
  page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over <= 0) return null;
    const reaching = [...document.querySelectorAll("main *, header *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => `${element.tagName}.${element.className}`).slice(0, 6);
    return `${over} px too wide: ${reaching.join(" ")}`;
  });

/** Opens each menu; gives those that are not on the screen as a whole. */
const lostMenus = (page: Page) =>
  page.evaluate(async () => {
    const lost: string[] = [];
    const menus = [...document.querySelectorAll<HTMLDetailsElement>("details.menu")]
      .filter((menu) => menu.checkVisibility());
    // The first, the last and those of the frame stand for all.
    for (const menu of new Set([...menus.slice(0, 4), ...menus.slice(-2)])) {
      menu.scrollIntoView({ block: "end" });
      menu.open = true;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const box = menu.querySelector(".menu-panel")!.getBoundingClientRect();
      if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) {
        lost.push(`${menu.className} at ${[box.left, box.top, box.right, box.bottom].map(Math.round)}`);
      }
      menu.open = false;
    }
    return lost;
  });

browserTest(
  "no page is wider than the window, no menu leaves the screen, whatever the names and columns",
  () =>
    withDesk({ at: "2026-02-14T10:00", subscribers: 6 }, async ({ isp, page, user, open }) => {
      await pay(isp, 0, 1000);
      await makeHostile(isp);
      const [payment] = await isp.run((trx) =>
        trx.selectFrom("payments").select("id").where("tenant_id", "=", isp.tenantId).execute()
      );
      const [bill] = await isp.run((trx) =>
        trx.selectFrom("bills").select("id").where("tenant_id", "=", isp.tenantId)
          .where("subscriber_id", "=", isp.subscriberIds[0] ?? "").execute()
      );
      const [run] = await isp.run((trx) =>
        trx.selectFrom("runs").select("id").where("tenant_id", "=", isp.tenantId).where("kind", "=", "cut")
          .orderBy("business_on", "desc").execute()
      );
      const all = [
        "account",
        "bill",
        "balance",
        "due",
        "user",
        "plan",
        "connection",
        "site",
        "router",
        "phone",
      ];
      for (const list of ["subscribers", "tonight"]) {
        await user.post(`/admin/lists/${list}/look`, {
          columns: [...all, "owes", "why", "day", "last_payment"],
          density: "default",
          back: `/admin/${list}`,
        });
      }
      const view = { name: "V".repeat(60), query: "bill=overdue" };
      assert.equal((await user.post("/admin/lists/subscribers/views", view)).status, 303);
      const subscriber = `/admin/subscribers/${isp.subscriberIds[0]}`;
      const connection = `connection=${isp.subscriptionIds[0]}`;
      const pages = [
        "/admin",
        ...LISTS.map((name) => `/admin/${name}`),
        "/admin/subscribers?bill=overdue",
        `/admin/subscribers?plan=${isp.planId}`,
        `/admin/bills?subscriber=${isp.subscriberIds[0]}`,
        subscriber,
        `/admin/subscribers/${isp.subscriberIds[1]}`,
        `${subscriber}/edit`,
        `${subscriber}/hold?${connection}`,
        `${subscriber}/disconnect?${connection}`,
        `${subscriber}/plan?${connection}`,
        `/admin/payments/new?subscriber=${isp.subscriberIds[0]}`,
        "/admin/payments/new?q=W",
        `/admin/payments/${payment?.id}`,
        `/admin/payments/${payment?.id}/reverse`,
        `/admin/bills/${bill?.id}`,
        `/admin/runs/${run?.id}`,
        `/admin/routers/${isp.routerIds[0]}`,
        `/admin/routers/${isp.routerIds[0]}/changes`,
        `/admin/plans/${isp.planId}/edit`,
        "/admin/find?q=WWW",
        "/admin/settings/me",
        "/admin/settings/billing",
      ];
      const problems: string[] = [];
      for (const path of pages) {
        await open(path);
        for (const width of WIDTHS) {
          await page.setViewport({ width, height: 700 });
          const wide = await tooWide(page);
          if (wide !== null) problems.push(`${path} at ${width}: ${wide}`);
          for (const menu of await lostMenus(page)) problems.push(`${path} at ${width}: menu ${menu}`);
          const search = await page.evaluate(() =>
            document.querySelector(".filter-bar .search")?.getBoundingClientRect().width ?? 999
          );
          if (search < 150) problems.push(`${path} at ${width}: the search is ${Math.round(search)} px wide`);
        }
      }
      assert.deepEqual(problems, []);
    }),
);

browserTest(
  "on a phone of 360 × 640 the first row of every list is above the fold",
  () =>
    withDesk({ width: 360, height: 640, at: "2026-02-13T10:00" }, async ({ isp, page, open }) => {
      await pay(isp, 0, 10);
      const low: string[] = [];
      for (const list of LISTS.filter((name) => name !== "import")) {
        await open(`/admin/${list}`);
        const box = await page.$eval("main table.table tbody tr", (row) => {
          const bar = document.querySelector(".bottom-bar")?.getBoundingClientRect().top ?? innerHeight;
          const lead = row.querySelector(".lead")!.getBoundingClientRect();
          return { bottom: Math.round(lead.bottom), bar: Math.round(bar) };
        });
        if (box.bottom > box.bar) low.push(`${list}: ${box.bottom} of ${box.bar}`);
      }
      assert.deepEqual(low, []);
    }),
);

browserTest(
  "on a phone the choices above mail and the system log stand behind a button; on a desk they are in view",
  () =>
    withDesk({ width: 360, height: 760 }, async ({ page, open }) => {
      const inView = (selector: string) =>
        page.$eval(`.filter-bar ${selector}`, (element) => element.checkVisibility());
      for (const path of ["/admin/mail", "/admin/logs"]) {
        await page.setViewport({ width: 360, height: 760 });
        await open(path);
        assert.ok(await inView('[type="search"]'), path);
        assert.ok(!await inView('[name="from"]') && !await inView("form > .button"), path);
        // Chips, then one line of the button, the search and the view.
        const [low, high] = await page.$eval(
          ".filter-bar",
          (bar) =>
            [".filter-fold", ".search", ".list-menu"].map((one) =>
              bar.querySelector(one)!.getBoundingClientRect().y
            )
              .sort((a, b) => a - b).filter((_, at) => at !== 1),
        ) as [number, number];
        assert.ok(high - low < 4, `${path}: ${low} to ${high}`);
        await page.click(".filter-fold > summary");
        assert.ok(
          await inView('[name="from"]') && await inView("form > select, .filter-fields > select"),
          path,
        );
        await page.$eval('.filter-bar [name="from"]', (input) =>
          (input as HTMLInputElement).value = "2026-02-01");
        await Promise.all([page.waitForNavigation(), page.click(".filter-bar form > .button")]);
        assert.match(page.url(), /from=2026-02-01/);
        await page.setViewport({ width: 1280, height: 800 });
        assert.ok(await inView('[name="from"]') && !await inView(".filter-fold"), path);
      }
    }),
);
