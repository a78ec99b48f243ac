import type { Isp } from "@/tests/billing/isp.ts";
import { playedIsp } from "@/tests/support/played.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";

/** A small provider and its owner at the pages. */
export interface Scene {
  database: TestDatabase;
  isp: Isp;
  app: WebApp;
  owner: PageUser;
}

/** Twelve subscribers, one bill each, nobody has paid; the first is a credit customer after the cut of 14 Feb. */
export async function withScene(local: string, work: (scene: Scene) => Promise<void>): Promise<void> {
  await using past = await playedIsp({ subscribers: 12 }, local);
  const { database, isp } = past;
  const app = await createWebApp(isp.context);
  await work({ database, isp, app, owner: await app.signIn(isp.tenantId, "Owner") });
}

/** The fields of a payment form as it stands on a page. */
export function paymentFields(html: string) {
  const key = /name="key" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const subscriber = /name="subscriber" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const amount = /name="amount"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? "";
  const received = /name="received"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? "";
  return {
    key,
    subscriber,
    amount,
    received,
    method: "cash",
    tendered: "",
    reference: "",
    note: "",
    intent: "post",
  };
}

/** The version of a plan that its review was made of. */
export function seenOn(html: string): string {
  return (/name="seen" value="([^"]*)"/.exec(html)?.[1] ?? "").replaceAll("&quot;", '"');
}
