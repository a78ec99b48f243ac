import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { silentLogger } from "@/shared/log.ts";
import type { Isp, IspOptions } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import { createWebApp, type PageUser } from "@/tests/support/web_app.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { listenOnFreePort } from "@/web/app/_test_app.ts";
import { LiveHub } from "@/web/services/live/live_hub.ts";

/** Somebody's desk: a provider with bills, a browser, and a person who is signed in. */
export interface Desk {
  isp: Isp;
  page: Page;
  base: string;
  user: PageUser;
  /** What the browser complained about: errors, and what the content security policy refused. */
  complaints: string[];
  /** Opens a page and waits until its scripts are ready. */
  open(path: string): Promise<void>;
}

export interface DeskOptions extends IspOptions {
  width?: number;
  height?: number;
  role?: string;
  /** Local time of the provider. @default two days after the due date, before the cut */
  at?: string;
}

/** Runs a test at a desk of its own; it fails when the browser has complained. */
export async function withDesk(options: DeskOptions, work: (desk: Desk) => Promise<void>): Promise<void> {
  const { width = 1280, height = 800, role = "Owner", at = "2026-02-10T10:00", ...provider } = options;
  await using past = await playedIsp({ subscribers: 12, ...provider }, at);
  const { isp, database } = past;
  const liveHub = new LiveHub({
    clock: isp.clock,
    log: silentLogger,
    databaseUrl: database.appUrl,
    heartbeatMs: 25_000,
  });
  const app = await createWebApp(isp.context, { withIslands: true, liveHub });
  const user = await app.signIn(isp.tenantId, role);
  const stop = new AbortController();
  const server = await listenOnFreePort(app.handler, stop.signal);
  const base = `http://127.0.0.1:${server.port}`;
  const browser = await launchBrowser();
  try {
    const [name = "", value = ""] = user.cookie.split("=", 2);
    await browser.setCookie({ name, value, domain: "127.0.0.1", path: "/" });
    const page = await browser.newPage();
    await page.setViewport({ width, height });
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 503|ERR_FAILED/.test(message.text())) {
        complaints.push(message.text());
      }
    });
    const open = async (path: string) => {
      await page.goto(base + path, { waitUntil: "load" });
      await page.waitForSelector("html.has-script");
    };
    await work({ isp, page, base, user, complaints, open });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await liveHub.stop();
    stop.abort();
    await server.finished;
  }
}

/** A test in a real browser, whose pipes outlive its close by a moment. */
export function browserTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

/** Path and query of the page that is open. */
export function pathOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}

/**
 * What stands at a place of the page once it is there. A page that has just been reached may still be given way to: the
 * browser then looks again on the next one.
 */
export async function textAt(page: Page, selector: string): Promise<string> {
  const text = await page.waitForFunction(
    (where) => document.readyState === "complete" && document.querySelector(where)?.textContent?.trim(),
    {},
    selector,
  );
  return String(await text.jsonValue());
}
