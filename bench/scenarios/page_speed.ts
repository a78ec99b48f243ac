import type { Browser, Page } from "puppeteer-core";
import { createIsp } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { freePort } from "@/embedded_postgres/port.ts";
import { analyze } from "../analyze.ts";
import { type BenchRow, median, type Scenario } from "../row.ts";

/** A phone on mobile data: what Lighthouse calls mobile. Bytes a second. */
const NETWORK = { offline: false, latency: 150, download: 1.6e6 / 8, upload: 750e3 / 8 };
const CPU_SLOWDOWN = 4;
const ROUNDS = 5;
const SUBSCRIBERS = 500;
const LCP_GOAL_MS = 800;
const WEIGHT_GOAL_KB = 80;
const SCRIPT_GOAL_KB = 45;

/** Bytes on the wire and largest contentful paint of the admin's list and detail page, cold, in a real browser. */
export const pageSpeed: Scenario = {
  name: "page_speed",
  what:
    `list and detail page in a browser: ${NETWORK.latency} ms, 1.6 Mb/s, processor slowed ${CPU_SLOWDOWN} times`,
  async run() {
    await using database = await createTestDatabase();
    const isp = await createIsp(database, { subscribers: SUBSCRIBERS });
    await analyze(database);
    const app = await createWebApp(isp.context, { withIslands: true });
    const user = await app.signIn(isp.tenantId, "Owner");
    const port = freePort();
    const empty = "<!doctype html><html lang=en><title>Empty</title><p>Empty";
    const server = Deno.serve(
      { port, hostname: "127.0.0.1", onListen: () => {} },
      (req) =>
        new URL(req.url).pathname === "/empty"
          ? new Response(empty, { headers: { "content-type": "text/html" } })
          : app.handler(req),
    );
    const browser = await launchBrowser();
    try {
      const base = `http://127.0.0.1:${port}`;
      const look = (path: string) => measure(browser, user, base + path);
      const floor = await look("/empty");
      const detail = `/admin/subscribers/${isp.subscriberIds[0]}`;
      return [
        ...toRows("list_page", await look("/admin/subscribers"), floor.lcpMs),
        ...toRows("detail_page", await look(detail), floor.lcpMs),
      ];
    } finally {
      await browser.close();
      await server.shutdown();
    }
  },
};

interface Look {
  lcpMs: number;
  htmlKb: number;
  styleKb: number;
  scriptKb: number;
}

function toRows(page: string, look: Look, floorMs: number): BenchRow[] {
  const weight = look.htmlKb + look.styleKb + look.scriptKb;
  const kb = (value: number) => `${value.toFixed(1)} KB`;
  return [
    {
      row: `${page}_weight`,
      unit: "KB",
      ours: weight,
      floor: null,
      peer: null,
      ratio: null,
      goal: `at most ${WEIGHT_GOAL_KB} KB, of it ${SCRIPT_GOAL_KB} KB script`,
      met: weight <= WEIGHT_GOAL_KB && look.scriptKb <= SCRIPT_GOAL_KB,
      note: `compressed, cold: HTML ${kb(look.htmlKb)}, style ${kb(look.styleKb)}, script ${
        kb(look.scriptKb)
      }`,
    },
    {
      row: `${page}_lcp`,
      unit: "ms",
      ours: look.lcpMs,
      floor: floorMs,
      peer: null,
      ratio: look.lcpMs / floorMs,
      goal: `at most ${LCP_GOAL_MS} ms`,
      met: look.lcpMs <= LCP_GOAL_MS,
      note: `largest contentful paint, cold cache, median of ${ROUNDS}; floor: a page of one word`,
    },
  ];
}

async function measure(browser: Browser, user: PageUser, url: string): Promise<Look> {
  const times = [];
  let weights = { htmlKb: 0, styleKb: 0, scriptKb: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const page = await browser.newPage();
    try {
      await page.setViewport({ width: 360, height: 740 });
      const [name = "", value = ""] = user.cookie.split("=");
      await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
      const received = await throttle(page);
      await page.goto(url, { waitUntil: "load" });
      times.push(await largestPaint(page));
      weights = received();
    } finally {
      await page.close();
    }
  }
  return { lcpMs: median(times), ...weights };
}

/** Slows network and processor down; gives what has come over the wire so far. */
async function throttle(page: Page): Promise<() => Omit<Look, "lcpMs">> {
  const session = await page.createCDPSession();
  const types = new Map<string, string>();
  const bytes: Record<string, number> = {};
  session.on("Network.responseReceived", ({ requestId, type }) => types.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId) ?? "Other";
    bytes[type] = (bytes[type] ?? 0) + encodedDataLength;
  });
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  await session.send("Network.emulateNetworkConditions", {
    offline: NETWORK.offline,
    latency: NETWORK.latency,
    downloadThroughput: NETWORK.download,
    uploadThroughput: NETWORK.upload,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: CPU_SLOWDOWN });
  const kb = (type: string) => (bytes[type] ?? 0) / 1024;
  return () => ({ htmlKb: kb("Document"), styleKb: kb("Stylesheet"), scriptKb: kb("Script") });
}

function largestPaint(page: Page): Promise<number> {
  return page.evaluate(() =>
    new Promise<number>((resolve) => {
      new PerformanceObserver((list) => {
        const last = list.getEntries().at(-1);
        if (last !== undefined) resolve(last.startTime);
      }).observe({ type: "largest-contentful-paint", buffered: true });
    })
  );
}
