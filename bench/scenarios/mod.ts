import type { Scenario } from "../row.ts";
import { auditPage } from "./audit_page.ts";
import { bigBillRun, billRun } from "./bill_run.ts";
import { billRunWithMail } from "./bill_run_with_mail.ts";
import { billMemory } from "./bill_memory.ts";
import { cutRun } from "./cut_run.ts";
import { soa } from "./soa.ts";
import { statement } from "./statement.ts";
import { previews } from "./previews.ts";
import { mail, mailMemory } from "./mail.ts";
import { idleAgent } from "./idle_agent.ts";
import { importSecrets } from "./import_secrets.ts";
import { limitedPage } from "./limited_page.ts";
import { listPage } from "./list_page.ts";
import { pageSpeed } from "./page_speed.ts";
import { paymentReadBack } from "./payment_read_back.ts";
import { routerOsCutNames } from "./routeros_cut_names.ts";
import { routerOsLatency } from "./routeros_latency.ts";
import { routerOsReconnects } from "./routeros_reconnects.ts";
import { routerOsRows } from "./routeros_rows.ts";
import { routerOsSilentLink } from "./routeros_silent_link.ts";
import { routerOsWrites } from "./routeros_writes.ts";

/** All scenarios in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  billRun,
  bigBillRun,
  billRunWithMail,
  billMemory,
  previews,
  cutRun,
  statement,
  soa,
  listPage,
  limitedPage,
  auditPage,
  paymentReadBack,
  importSecrets,
  mail,
  mailMemory,
  routerOsRows,
  routerOsLatency,
  routerOsWrites,
  routerOsReconnects,
  routerOsCutNames,
  routerOsSilentLink,
  idleAgent,
  pageSpeed,
];
