import type { Logger } from "@/shared/log.ts";
import { systemClock } from "@/web/system_clock.ts";
import { untilMailIsOut } from "@/web/services/mail/until_mail_is_out.ts";
import { contextOn } from "@/tests/support/stack_parts.ts";
import { until } from "@/tests/support/until.ts";
import { readConfig } from "@/web/config.ts";
import { loadMasterKeys } from "@/web/gateways/master_key/mod.ts";
import { businessNow } from "@/web/services/business_clock.ts";
import type { Actor, ServiceContext } from "@/web/services/context.ts";
import { saveBillingSettings } from "@/web/services/settings/save_billing_settings.ts";
import { saveCompany } from "@/web/services/settings/save_company.ts";
import { setUpOwner } from "@/web/services/access/set_up_owner.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { billingSettingsOf } from "@/web/store/settings/settings.ts";
import { lookupLogin } from "@/web/store/access/staff.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import type { Stack } from "../stack/mod.ts";
import { inBooks, must, type Seed } from "./books.ts";
import { DEMO_CASHIER, DEMO_COMPANY, DEMO_OTHERS, DEMO_OWNER, DEMO_ZONE, HISTORY_DAYS } from "./demo_data.ts";
import { connectSites, leaveAnImport, spreadStarts } from "./connect.ts";
import { leaveTraces } from "./last_states.ts";
import { livingPeople, playHistory } from "./history.ts";
import { addPerson, leaveStaff } from "./staff.ts";
import { leavePrivacy } from "./privacy.ts";
import { leaveRequests } from "./requests.ts";
import { listMissingStates } from "./states.ts";

/** What runs beside a demo until it stops. */
export interface DemoLife {
  close(): Promise<void>;
}

/** Lets the people of a demo that is filled pay while the time machine plays. */
export async function bringToLife(stack: Stack, log: Logger): Promise<DemoLife> {
  const database = openDatabase({ url: stack.postgres.appUrl, applicationName: "linya-demo", log });
  const tenantId = (await lookupLogin(database.db, DEMO_OWNER.email))[0]?.tenant_id;
  if (tenantId === undefined) throw new Error("Cannot go on with the demo: its owner is gone");
  const as = ({ name }: { name: string }): Actor => ({ kind: "staff", label: name, staffUserId: null });
  stack.people = livingPeople({
    stack,
    context: contextOn(database),
    tenantId,
    owner: as(DEMO_OWNER),
    cashier: as(DEMO_CASHIER),
    days: HISTORY_DAYS,
    say: () => {},
  });
  return { close: () => database.close() };
}

interface SeedOptions {
  setupCode: string;
  log: Logger;
  say(text: string): void;
  /** Called when somebody can sign in, long before the history is there. */
  onSignIn?(): void;
  /** @default a year */
  days?: number;
  /** @default that of the Philippines */
  timeZone?: string;
}

/**
 * Fills the demo the way an owner would: set-up code, sites, agents, routers, imports, then a year of bills, payments,
 * cuts and reconnections, all through the services. Only the calendar is faked: business time starts in the past and
 * runs up to today.
 *
 * @returns states of the vocabulary that are not to be found; none, unless something has changed
 */
export async function seedDemo(stack: Stack, options: SeedOptions): Promise<string[]> {
  const { log, say, days = HISTORY_DAYS } = options;
  const database = openDatabase({
    url: stack.postgres.appUrl,
    applicationName: "linya-demo",
    // A power cut while the history is played costs nothing: it is played again.
    settings: { synchronous_commit: "off" },
    log,
  });
  stack.preparing = { label: "routers", done: 0, total: days };
  try {
    const { masterKeysFile } = readConfig([], { LINYA_DATA: stack.dataDir });
    const context: ServiceContext = {
      ...contextOn(database),
      masterKeys: await loadMasterKeys(masterKeysFile),
      // The web of the stack sends; each day's mail goes out before the next one is played.
      mailGoesOut: (tenantId) => untilMailIsOut({ db: database.db, clock: systemClock }, tenantId),
    };
    say(`Making ${DEMO_COMPANY}`);
    const seed = { stack, context, days, say, ...await makeTenant(context, options, days) };
    options.onSignIn?.();
    say(`Enrolling ${stack.sites.length} agents`);
    await connectSites(seed);
    await spreadStarts(seed);
    say(`Playing ${days} days of bills, payments, cuts and reconnections`);
    await playHistory(seed);
    say("Bringing the routers up to date");
    stack.preparing = { label: "traces", done: days, total: days };
    await Promise.all([leaveTraces(seed), leaveAnImport(seed), leaveStaff(seed)]);
    await leaveRequests(seed);
    await leavePrivacy(seed);
    return await check(seed);
  } finally {
    stack.preparing = null;
    await database.close();
  }
}

async function makeTenant(
  context: ServiceContext,
  { setupCode: code, timeZone = DEMO_ZONE }: SeedOptions,
  days: number,
): Promise<{ tenantId: string; owner: Actor; cashier: Actor }> {
  const { tenantId, staffUserId } = must(
    await setUpOwner(context, { ...DEMO_OWNER, code, companyName: DEMO_COMPANY, timeZone }),
  );
  await withTenant(
    context.db,
    tenantId,
    (trx) =>
      trx.updateTable("tenants").set({ business_offset_seconds: BigInt(-days * 86_400) })
        .where("id", "=", tenantId).execute(),
  );
  const owner: Actor = { kind: "staff", label: DEMO_OWNER.name, staffUserId };
  const cashierId = await addPerson(context, tenantId, DEMO_CASHIER);
  for (const person of DEMO_OTHERS) await addPerson(context, tenantId, person);
  await finishSetUp(context, tenantId, owner);
  return {
    tenantId,
    owner,
    cashier: { kind: "staff", label: DEMO_CASHIER.name, staffUserId: cashierId },
  };
}

/** Company and billing rules are gone through, so that Today has no checklist. */
async function finishSetUp(context: ServiceContext, tenantId: string, owner: Actor): Promise<void> {
  must(
    await saveCompany(context, tenantId, owner, {
      revision: 0,
      name: DEMO_COMPANY,
      phone: "0917 555 0142",
      email: "hello@example.com",
      address: "Purok 3, Barangay Ilaya",
      brandColour: "#0b6e4f",
      waysToPay: "GCash 0917 555 0142\nAt the office in Purok 3, Monday to Saturday, 8:00 to 17:00",
    }),
  );
  const settings = billingSettingsOf(await withTenant(context.db, tenantId, getTenant, { readOnly: true }));
  must(await saveBillingSettings(context, tenantId, owner, { revision: 0, settings }));
}

/** Books that balance, and every state to be found: what a demo promises. Agents report within seconds. */
async function check(seed: Seed): Promise<string[]> {
  let missing: string[] = [];
  const look = async () => {
    missing = await inBooks(seed, async (trx) => {
      const { today } = businessNow(await getTenant(trx), seed.context.clock);
      return await listMissingStates(trx, { tenantId: seed.tenantId, today, now: seed.context.clock.now() });
    });
    return missing.length === 0;
  };
  try {
    await until(look, { timeoutMs: 60_000, everyMs: 250, what: "every state can be found" });
  } catch {
    seed.say(`Not to be found: ${missing.join(", ")}`);
  }
  const broken = await inBooks(seed, checkInvariants);
  const told = broken.map(({ name, subject, detail }) => `${name} ${subject}: ${detail}`);
  if (told.length > 0) throw new Error(`Cannot open the demo: its books are wrong: ${told.join("; ")}`);
  return missing;
}
