import type { RouteEntry } from "@/web/app/route_table.ts";
import { billRoutes } from "./bills.ts";
import { bulkRoutes } from "./bulk.ts";
import { demoRoutes } from "./demo.ts";
import { findRoutes } from "./find.ts";
import { importRoutes } from "./imports.ts";
import { liveRoutes } from "./live.ts";
import { listRoutes } from "./lists.ts";
import { paymentRoutes } from "./payments.ts";
import { planRoutes } from "./plans.ts";
import { sessionRoutes } from "./session.ts";
import { settingsRoutes } from "./settings.ts";
import { siteRoutes } from "./sites.ts";
import { todayRoutes } from "./today.ts";
import { tonightRoutes } from "./tonight.ts";
import { newSubscriberRoutes } from "./new_subscribers.ts";
import { subscriberRoutes } from "./subscribers.ts";

/**
 * The one table of every page and endpoint: method and pattern to permission and input (R8). The app refuses to start
 * when a mounted route is not in it, or the reverse. One file per feature, in the order of the menu.
 */
export const ROUTE_TABLE: readonly RouteEntry[] = [
  ...sessionRoutes,
  ...todayRoutes,
  ...tonightRoutes,
  ...subscriberRoutes,
  ...newSubscriberRoutes,
  ...listRoutes,
  ...bulkRoutes,
  ...billRoutes,
  ...paymentRoutes,
  ...siteRoutes,
  ...planRoutes,
  ...importRoutes,
  ...settingsRoutes,
  ...findRoutes,
  ...liveRoutes,
  ...demoRoutes,
];
