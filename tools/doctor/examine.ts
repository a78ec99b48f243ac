import { statfs } from "node:fs/promises";
import type { Kysely } from "kysely";
import { formatCount, formatDuration } from "@/web/format.ts";
import { ENGLISH_WORDS } from "@/web/messages/mod.ts";
import { bookChecksOf } from "@/web/domain/billing/mod.ts";
import { checkBooks } from "@/web/services/billing/check_books.ts";
import type { ServiceContext } from "@/web/services/context.ts";
import { lookupTenants } from "@/web/store/access/staff.ts";
import { findLastBookCheck } from "@/web/store/billing/book_checks.ts";
import { findClockWatch } from "@/web/store/billing/clock_watch.ts";
import { seals } from "@/web/store/billing/sealed_invariants.ts";
import { assertAppRole } from "@/web/store/db/database.ts";
import { listJobHealth, readServerHealth } from "@/web/store/db/health.ts";
import { assertSchemaCurrent } from "@/web/store/db/migrate.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";
import { auditOf, type KeptHead } from "./examine_audit.ts";
import { erasuresOf } from "./examine_erasures.ts";
import { mailOf } from "./examine_mail.ts";

/** One thing that was looked at. */
export interface Finding {
  /** `warn`: nothing is lost yet, somebody should look. */
  state: "ok" | "warn" | "broken";
  text: string;
  /** What exactly, a line each. */
  more?: readonly string[];
}

/** What the doctor looks at, and with what. */
export interface Patient {
  /** As the web: its role, its row level security. */
  context: ServiceContext;
  /** Folder of the embedded database and the server's keys; null: the database has its own machine. */
  dataDir: string | null;
  /** An exported end of an audit log. @default null */
  auditHead?: KeptHead | null;
}

/** The clock is watched and the tick is run every minute; so long a silence is none of chance. */
const SILENT_MINUTES = 5;
const SHOWN = 20;
const GIGABYTE = 2n ** 30n;

/** Looks at everything in turn: the installation first, then each tenant. Books are checked and the result is kept. */
export async function* examine({ context, dataDir, auditHead = null }: Patient): AsyncGenerator<Finding> {
  const { db } = context;
  const server = await readServerHealth(db);
  yield {
    state: "ok",
    text: `PostgreSQL ${server.version} answers; the database has ${megabytes(server.bytes)}`,
  };
  const schema = await schemaOf(db);
  yield schema;
  // With another schema every further question would only fail.
  if (schema.state === "broken") return;
  yield await sealsOf(db);
  const isRunning = server.webConnections > 0;
  if (isRunning) yield* jobsOf(context);
  else yield { state: "warn", text: "The web is not running: its clock and its jobs were not looked at" };
  if (dataDir !== null) yield await diskOf(dataDir);
  if (context.erasures !== undefined) yield await erasuresOf(context);
  const tenantIds = await lookupTenants(db);
  for (const tenantId of tenantIds) yield* tenantOf(context, tenantId, { isRunning, auditHead });
  if (auditHead !== null && !tenantIds.includes(auditHead.company_id)) {
    yield {
      state: "broken",
      text: `The file of the audit log is of ${auditHead.company}, which is not here`,
    };
  }
}

async function schemaOf(db: Kysely<Database>): Promise<Finding> {
  try {
    await assertSchemaCurrent(db);
    return { state: "ok", text: "Migrations are up to date" };
  } catch (error) {
    return { state: "broken", text: messageOf(error) };
  }
}

async function sealsOf(db: Kysely<Database>): Promise<Finding> {
  try {
    await assertAppRole(db);
  } catch (error) {
    return { state: "broken", text: messageOf(error) };
  }
  const { rows } = await seals().execute(db);
  if (rows.length === 0) return { state: "ok", text: "Seals of the books are on" };
  return { state: "broken", text: "Seals of the books are off", more: rows.map(lineOf) };
}

async function* jobsOf({ db, clock }: ServiceContext): AsyncGenerator<Finding> {
  const jobs = await listJobHealth(db);
  const tick = jobs.find(({ name }) => name === "tick");
  const silence = minutesSince(tick?.lastDoneAt ?? null, clock.now());
  if (silence === null || silence > SILENT_MINUTES) {
    const since = silence === null ? "at all" : `for ${formatDuration(silence * 60_000)}`;
    yield { state: "broken", text: `Jobs are not alive: the minute's tick was not run ${since}` };
  } else yield { state: "ok", text: `Jobs are alive: ${jobs.length} kinds` };
  for (const { name, failed, stuck } of jobs) {
    if (failed > 0) {
      yield { state: "warn", text: `Job ${name} failed ${formatCount(failed)} times since yesterday` };
    }
    if (stuck > 0) {
      yield { state: "broken", text: `Job ${name}: ${formatCount(stuck)} wait for over ten minutes` };
    }
  }
}

async function diskOf(dataDir: string): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(dataDir, { bigint: true });
  const [free, all] = [bavail * bsize, blocks * bsize];
  const text = `Disk of ${dataDir}: ${megabytes(free)} free`;
  if (free < GIGABYTE / 4n) return { state: "broken", text: `${text}, too little to go on` };
  const isShort = free < GIGABYTE || free * 20n < all;
  return { state: isShort ? "warn" : "ok", text: isShort ? `${text}, make room` : text };
}

async function* tenantOf(
  context: ServiceContext,
  tenantId: string,
  { isRunning, auditHead }: { isRunning: boolean; auditHead: KeptHead | null },
): AsyncGenerator<Finding> {
  const { db, clock } = context;
  const { name, watch, last } = await withTenant(db, tenantId, async (trx) => ({
    name: (await getTenant(trx)).name,
    watch: await findClockWatch(trx),
    last: await findLastBookCheck(trx),
  }), { readOnly: true });
  if (watch !== null && watch.doubt !== null) {
    yield { state: "broken", text: `${name}: the clock is doubted, nothing is billed or cut; see Today` };
  } else if (isRunning) {
    const silence = minutesSince(watch?.seen_at ?? null, clock.now());
    const isWatched = silence !== null && silence <= SILENT_MINUTES;
    yield isWatched
      ? { state: "ok", text: `${name}: the clock is watched` }
      : { state: "broken", text: `${name}: nobody watches the clock` };
  }
  yield* auditOf(context, tenantId, { name, auditHead });
  const hours = (minutesSince(last?.checked_at ?? null, clock.now()) ?? 0) / 60;
  if (isRunning && hours > 50) {
    yield {
      state: "warn",
      text: `${name}: the night's check was last made ${formatDuration(hours * 3_600_000)} ago`,
    };
  }
  yield* mailOf(context, tenantId, isRunning);
  yield await booksOf(context, tenantId, name);
}

async function booksOf(context: ServiceContext, tenantId: string, name: string): Promise<Finding> {
  const check = await checkBooks(context, tenantId, "Doctor");
  const looked = `${formatCount(check.rows_seen)} rows in ${(check.took_ms / 1000).toFixed(1)} s`;
  if (check.broken_count === 0) return { state: "ok", text: `${name}: the books hold (${looked})` };
  const rest = check.broken_count - Math.min(SHOWN, check.broken.length);
  return {
    state: "broken",
    text: `${name}: the books do not hold, ${formatCount(check.broken_count)} findings (${looked})`,
    more: [
      ...check.broken.slice(0, SHOWN).map(lineOf),
      ...(rest > 0 ? [`and ${formatCount(rest)} more; see Settings, Books checked`] : []),
    ],
  };
}

function lineOf({ name, subject, detail }: { name: string; subject: string; detail: string }): string {
  const words = bookChecksOf(name)?.map((check) => ENGLISH_WORDS(`books.check_${check}`)).join("; ") ?? name;
  return `${words} (${name}), ${subject}: ${detail}`;
}

function minutesSince(at: Temporal.Instant | null, now: Temporal.Instant): number | null {
  return at === null ? null : (now.epochMilliseconds - at.epochMilliseconds) / 60_000;
}

function megabytes(bytes: bigint): string {
  return `${formatCount(bytes / 2n ** 20n)} MB`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
