import assert from "node:assert/strict";
import nodemailer from "nodemailer";
import { type MailSim, startMailSim } from "@/sim/mail/mod.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import { createWebApp } from "@/tests/support/web_app.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { startControl } from "@/tools/stack/control.ts";
import type { Stack } from "@/tools/stack/mod.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { openDemoControl } from "@/web/gateways/demo_control/mod.ts";
import { look, setCookies } from "./_looks.ts";
import { Person } from "./_person.ts";

const HOSTILE = `<html><head><script>top.document.title = "broken in"; document.title = "ran"</script></head>
  <body onload="document.body.id='ran'">
  <h1>Your bill</h1><img id="spy" src="http://127.0.0.1:9/seen.gif" onerror="document.body.id='ran'">
  <iframe src="/admin"></iframe><form action="/admin/sign-out" method="post"><button>Pay</button></form>
  <style>h1{color:rgb(1,2,3)} @media (prefers-color-scheme: dark){h1{color:rgb(250,251,252)}}</style>
  <script>document.body.id = "ran"</script></body></html>`;

async function send(sim: MailSim, mail: { to: string; subject: string; html: string }): Promise<void> {
  const transport = nodemailer.createTransport({ host: sim.host, port: sim.port, ignoreTLS: true });
  await transport.sendMail({ from: "Bayan Net <billing@bayan.test>", text: "Your bill", ...mail });
  transport.close();
}

Deno.test({
  name:
    "the Mailbox in a browser: a hostile mail runs nothing, a phone is light or dark, a new mail is counted",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using past = await playedMorning();
    await using sim = await startMailSim({ encryption: "none" });
    const control = startControl({ mail: sim, sites: [], preparing: null, logins: [] } as unknown as Stack);
    const demo = openDemoControl({ controlUrl: control.url, token: control.token });
    assert.ok(demo !== null);
    const app = await createWebApp(past.isp.context, { demo, withIslands: true });
    const stop = new AbortController();
    const server = await listenOnFreePort(app.handler, stop.signal);
    const browser = await launchBrowser();
    try {
      const { cookie } = await app.signIn(past.isp.tenantId, "Owner");
      await setCookies(browser, cookie);
      const person = new Person(await browser.newPage(), `http://127.0.0.1:${server.port}`);
      await person.open("/admin/demo/mailbox");
      await person.sees(/No mail has come yet/);
      await send(sim, { to: "maria@example.test", subject: "Mabuti", html: "<p>Salamat</p>" });
      await send(sim, { to: "juan@example.test", subject: "Hostile", html: HOSTILE });
      await person.open("/admin/bills");
      await person.sees(/Mailbox ?2/);
      assert.equal(person.complaints.length, 0, person.complaints.join("\n"));
      const sights = ["page", "text", "headers"].map((view) => ({
        path: `/admin/demo/mailbox?mail=1&view=${view}&look=dark`,
      }));
      assert.deepEqual(await look(browser, person.base, cookie, sights), []);

      await person.open("/admin/demo/mailbox");
      await person.sees(/juan@example\.test.*maria@example\.test/);
      const frameOf = async () => {
        await until(() => person.page.frames().some((one) => one.url().includes("/mailbox/page")), {
          what: "the mail is framed",
        });
        const frame = person.page.frames().find((one) => one.url().includes("/mailbox/page"));
        assert.ok(frame !== undefined);
        await frame.waitForSelector("h1");
        return frame;
      };
      const colourOf = async () =>
        await (await frameOf()).$eval("h1", (heading) => getComputedStyle(heading).color);
      const frame = await frameOf();
      assert.equal(await frame.$eval("body", (body) => body.id), "");
      assert.equal(await frame.evaluate("window.origin"), "null", "it has an origin of its own");
      assert.match(await person.page.title(), /^Mailbox/);
      assert.equal(await frame.$eval("#spy", (image) => (image as HTMLImageElement).naturalWidth), 0);
      assert.ok(person.complaints.length > 0, "the policy refused what it wanted");
      assert.ok(person.complaints.every((line) => line.includes("/mailbox")), person.complaints.join("\n"));
      assert.equal(await colourOf(), "rgb(1, 2, 3)");
      await person.follow(/^Dark phone$/);
      assert.equal(await colourOf(), "rgb(250, 251, 252)");

      await person.page.setViewport({ width: 360, height: 740 });
      await person.page.goto(`${person.base}/admin/demo/mailbox`, { waitUntil: "load" });
      const isShown = (selector: string) =>
        person.page.$eval(selector, (element) => element.getClientRects().length > 0);
      assert.deepEqual([await isShown(".mailbox-list"), await isShown(".mailbox-mail")], [true, false]);
      await person.follow(/^maria/);
      assert.deepEqual([await isShown(".mailbox-list"), await isShown(".mailbox-mail")], [false, true]);
      await person.follow(/^All mails$/);
      assert.deepEqual([await isShown(".mailbox-list"), await isShown(".mailbox-mail")], [true, false]);
    } finally {
      await browser.close();
      stop.abort();
      await server.finished;
      await control.stop();
    }
  },
});
