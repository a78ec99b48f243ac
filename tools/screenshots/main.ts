import { join } from "node:path";
import { silentLogger } from "@/shared/log.ts";
import { until } from "@/tests/support/until.ts";
import { freePort } from "@/web/store/embedded/port.ts";
import { DEMO_LOGINS, DEMO_SITES } from "../demo/cast.ts";
import { seedDemo } from "../demo/seed.ts";
import { launchBrowser } from "../gallery/browser.ts";
import { Stack } from "../stack/mod.ts";

/**
 * `deno task screenshots [folder]`: starts a demo of its own and takes the README's pictures at 1280 and 360 px, light
 * and dark; with `--all` also those of every page.
 */
const WIDTHS = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } } as const;

interface Shot {
  name: string;
  path: string;
}

async function main(): Promise<void> {
  const takeAll = Deno.args.includes("--all");
  const folder = Deno.args.find((argument) => !argument.startsWith("--")) ?? "docs/images";
  await Deno.mkdir(folder, { recursive: true });
  const dataDir = await Deno.makeTempDir({ prefix: "linya-screenshots-" });
  const stack = new Stack({ dataDir, port: freePort(), sites: DEMO_SITES, log: silentLogger });
  try {
    const { setupCode } = await stack.start();
    if (setupCode === null) throw new Error("Cannot take screenshots: the demo is not fresh");
    await seedDemo(stack, { setupCode, log: silentLogger, say: (text) => console.log(text) });
    await takePictures(stack.url, folder, takeAll);
  } finally {
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function takePictures(url: string, folder: string, takeAll: boolean): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setViewport(WIDTHS.wide);
    await page.goto(`${url}/login`);
    await page.type('form.stack input[name="email"]', DEMO_LOGINS[0].email);
    await page.type('form.stack input[name="password"]', DEMO_LOGINS[0].password);
    await Promise.all([page.waitForNavigation(), page.click('form.stack button[type="submit"]')]);
    // The pictures are of the product: the tour has been seen.
    await Promise.all([page.waitForNavigation(), page.click('.tour form:has([value="leave"]) button')]);
    const linkOn = async (path: string, selector: string): Promise<string> => {
      await page.goto(url + path);
      const href = await page.$eval(selector, (link) => link.getAttribute("href"));
      return href ?? path;
    };
    let importPath = "";
    await until(async () => {
      importPath = await linkOn("/admin/import", 'main a[href^="/admin/import/"]');
      await page.goto(url + importPath);
      return await page.$eval("main", (main) => /review/i.test(main.textContent ?? ""));
    }, { timeoutMs: 20_000, what: "the waiting import is read" });
    const subscriber = await linkOn("/admin/tonight", 'main a[href^="/admin/subscribers/"]');
    const shots: Shot[] = [
      { name: "today", path: "/admin" },
      { name: "tonight", path: "/admin/tonight" },
      { name: "subscriber", path: subscriber },
      { name: "import", path: importPath },
      { name: "settings", path: "/admin/settings/billing" },
    ];
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const [size, viewport] of Object.entries(WIDTHS)) {
        await page.setViewport(viewport);
        for (const { name, path } of shots) {
          const file = [name, ...size === "wide" ? [] : [size], ...scheme === "light" ? [] : [scheme]].join(
            "-",
          );
          await page.goto(url + path);
          await page.screenshot({ path: join(folder, `${file}.png`) as `${string}.png` });
          console.log(`${file}.png`);
        }
      }
    }
    if (takeAll) {
      const bill = await linkOn("/admin/bills", 'main a[href^="/admin/bills/"]');
      const payment = await linkOn("/admin/payments", 'main td a[href^="/admin/payments/"]');
      const site = await linkOn("/admin/sites", 'main a[href^="/admin/sites/"]');
      const run = await linkOn("/admin/runs", 'main a[href^="/admin/runs/"]');
      const router = await linkOn(site, 'main a[href^="/admin/routers/"]');
      const more: Shot[] = [
        ...shots,
        { name: "subscribers", path: "/admin/subscribers" },
        { name: "bills", path: "/admin/bills" },
        { name: "bill", path: bill },
        { name: "payments", path: "/admin/payments" },
        { name: "payment", path: payment },
        { name: "post-payment", path: `/admin/payments/new?subscriber=${subscriber.split("/").at(-1)}` },
        { name: "plans", path: "/admin/plans" },
        { name: "sites", path: "/admin/sites" },
        { name: "site", path: site },
        { name: "router", path: router },
        { name: "imports", path: "/admin/import" },
        { name: "runs", path: "/admin/runs" },
        { name: "run", path: run },
        { name: "demo", path: "/admin/demo" },
        { name: "demo-days", path: "/admin/demo/days" },
        { name: "demo-tour", path: "/admin/demo/tour" },
      ];
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        for (const [size, viewport] of Object.entries(WIDTHS)) {
          await page.setViewport(viewport);
          for (const { name, path } of more) {
            await page.goto(url + path);
            const file = join(folder, `${name}-${size}-${scheme}.png`);
            await page.screenshot({ path: file as `${string}.png`, fullPage: true });
          }
        }
      }
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  await main();
  Deno.exit(0);
}
