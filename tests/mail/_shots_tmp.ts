import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { withScene } from "@/tests/support/scene.ts";
import { billsOf, composeNow, pathOf, testLinks } from "./_world.ts";
import { billIdsOf, queueOne, setMail, setUpMail } from "./mail_scene.ts";
import { sendBatch } from "@/web/services/mail/mail_many.ts";

const OUT = "/tmp/w/mailwords/shots";
Deno.test({ name: "shots", sanitizeOps: false, sanitizeResources: false, fn: async () => {
  const browser = await launchBrowser();
  const shot = async (name: string, open: { url: string } | { html: string }) => {
    for (const width of [360, 1280]) {
      const page = await browser.newPage();
      await page.setViewport({ width, height: 700 });
      if ("url" in open) await page.goto(open.url, { waitUntil: "load" });
      else await page.setContent(open.html, { waitUntil: "load" });
      await page.screenshot({ path: `${OUT}/${name}-${width}.png`, fullPage: true });
      console.log(name, width, await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
      await page.close();
    }
  };
  {
    await using past = await playedIsp({ subscribers: 3 }, "2026-03-01T10:00");
    const { isp } = past;
    const links = testLinks();
    Object.assign(isp.context, { links });
    const bills = await billsOf(isp, 1);
    const mail = await composeNow(isp, links, { occasion: "bill_issued", subscriber_id: isp.subscriberIds[1]!, bill_id: bills.at(-1)! });
    await shot("mail", { html: mail.html });
    const app = await createWebApp(isp.context);
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    await shot("public", { url: `http://127.0.0.1:${server.port}${pathOf(await links.billAddress({ id: bills.at(-1)!, link_generation: 0 }))}` });
    stop.abort();
  }
  await withScene("2026-02-10T22:30", async ({ isp, owner, app }) => {
    await setUpMail(isp, 9);
    const bills = await billIdsOf(isp);
    await isp.run((trx) => trx.updateTable("mail_messages").set({ state: "skipped", reason: "no_server" }).where("occasion", "=", "bill_issued").execute());
    await setMail(isp, await queueOne(isp, { n: 2, key: "again:a" }), { state: "failed", reason: "timed_out" });
    await setMail(isp, await queueOne(isp, { n: 3, key: "again:b" }), { state: "sent", sent_at: isp.clock.now() });
    void bills;
    const which = { all: "yes", filter: "", back: "/admin/bills", list: "bills" };
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    const base = `http://127.0.0.1:${server.port}`;
    // The answer of a form as a page: styles by absolute address.
    const asPage = (html: string) => html.replace("<head>", `<head><base href="${base}/">`);
    const q = await owner.post("/admin/reminders/bills", which);
    await shot("bills-question", { html: asPage(q.html) });
    const r = await owner.post("/admin/reminders", which);
    await shot("remind-question", { html: asPage(r.html) });
    const of = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? "";
    for (const [path, html] of [["/admin/reminders/bills", q.html], ["/admin/reminders", r.html]] as const) {
      const key = of(html, "key");
      await owner.post(path, { ...which, step: "do", key, seen: of(html, "seen"), count: of(html, "count") });
      await sendBatch(isp.context, isp.tenantId, key);
      await shot(path.endsWith("bills") ? "bills-done" : "remind-done", { html: asPage((await owner.get(`/admin/reminders/${key}`)).html) });
    }
    await shot("bills-list", { html: asPage((await owner.get("/admin/bills")).html) });
    stop.abort();
  });
  await browser.close();
} });
