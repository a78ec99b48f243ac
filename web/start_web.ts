import { join } from "node:path";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import { buildIslands } from "@/web/build/mod.ts";
import { createApp } from "./app/create_app.ts";
import { CsrfTokens } from "./app/guard/csrf.ts";
import { isPassive } from "./app/frame/passive.ts";
import { isThere } from "./app/guard/is_there.ts";
import { noteRefusal } from "./app/guard/note_refusal.ts";
import { processContext } from "./app/serve/process_context.ts";
import { serveApp } from "./app/serve/serve.ts";
import { readSessionToken } from "./app/guard/session_cookie.ts";
import { loadStaticFiles } from "./app/serve/static_files.ts";
import { readAdminStyles } from "./app/serve/styles.ts";
import { type Config, configWarnings } from "./config.ts";
import type { KnownHosts } from "./domain/access/mod.ts";
import { openMachineTime } from "./machine_time.ts";
import { loadBuildCache } from "./fresh/internal.ts";
import { openDemoControl } from "./gateways/demo_control/mod.ts";
import { KnownBrowsers } from "./gateways/known_browsers/mod.ts";
import { descriptorLimit, networkShare, shareDescriptors } from "./gateways/listener/mod.ts";
import { openErasureList } from "./gateways/erasure_list/mod.ts";
import { loadMasterKeys, MasterKeys } from "./gateways/master_key/mod.ts";
import { StatementPress } from "./gateways/pdf/mod.ts";
import { trySmtp } from "./gateways/mail/try_smtp.ts";
import { PublicLinks } from "./gateways/public_links/mod.ts";
import { loadServerKeys, type ServerKeys } from "./gateways/server_keys/mod.ts";
import { installJobs } from "./jobs/install_jobs.ts";
import { startJobs } from "./jobs/start_jobs.ts";
import { applyErasuresAgain } from "./services/privacy/apply_erasures_again.ts";
import { RecordOpenings } from "./services/privacy/record_openings.ts";
import { SecurityLog } from "./services/access/security_log.ts";
import type { ServiceContext } from "./services/context.ts";
import { LiveHub } from "./services/live/live_hub.ts";
import { startMail } from "@/web/services/mail/start_mail.ts";
import { startAgentHub } from "@/web/services/network/start_agent_hub.ts";
import { issueSetupCode, needsSetup } from "@/web/services/access/set_up_owner.ts";
import { resolveSession } from "@/web/services/access/session.ts";
import { assertAppRole, isUnavailable } from "@/web/store/db/database.ts";
import { openPools } from "@/web/store/db/pools.ts";
import { startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";
import { assertSchemaCurrent, migrate } from "@/web/store/db/migrate.ts";

/** What the process gets from its entry point. */
export interface StartOptions {
  config: Readonly<Config>;
  clock: Clock;
  log: Logger;
}

/** A running web process. */
export interface RunningWeb {
  url: string;
  agentUrl: string;
  /** One-time code for the owner account; null when there is an owner. */
  setupCode: string | null;
  /** What works, and not as it was meant. */
  warnings: readonly string[];
  /** Drains requests, lets jobs finish, closes links and database, in that order. */
  stop(): Promise<void>;
}

/** Undo steps of what was started so far, run in reverse: a start that fails half-way leaves nothing behind. */
type Closers = { name: string; close: () => Promise<void> }[];

/**
 * Starts database, jobs, agent hub and pages. This is the only place that wires them together.
 *
 * @throws {Error} when the database, the schema, the app role or the route table is not as it must be
 */
export async function startWeb(options: StartOptions): Promise<RunningWeb> {
  const closers: Closers = [];
  try {
    return await start(options, closers);
  } catch (error) {
    await closeAll(closers, options.log);
    throw error;
  }
}

async function start({ config, clock, log }: StartOptions, closers: Closers): Promise<RunningWeb> {
  const warnings = configWarnings(config);
  for (const warning of warnings) log.warn("configured_wrongly", { warning });
  const connections = shareDescriptors(await descriptorLimit());
  log.info("connection_limits", { ...connections });
  const address = await openDatabaseServer(config, log, closers);
  const appRole = decodeURIComponent(new URL(address.appUrl).username);
  await migrate(address.ownerUrl, { appRole }, log);
  await installJobs(address.ownerUrl, log, { appRole });
  const pools = openPools({ url: address.appUrl, log });
  closers.push({ name: "database", close: () => pools.close() });
  await assertAppRole(pools.jobs);
  await assertSchemaCurrent(pools.jobs);

  const keys = await loadServerKeys(join(config.dataDir, "server_keys.json"));
  const masterKeys = await masterKeysOf(config);
  const hub = await startAgentHub({
    db: pools.agents,
    databaseUrl: address.appUrl,
    port: config.agentPort,
    hostname: config.hostname,
    clock,
    log,
    serverKey: keys.signing,
    nodeId: crypto.randomUUID(),
    trustProxy: config.trustProxy,
    connectionsMax: connections.agents,
    hosts: hostsOf(config),
  });
  closers.push({ name: "agent_hub", close: () => hub.stop() });

  const press = new StatementPress();
  const links = new PublicLinks({ secret: keys.secret, publicUrl: config.publicUrl });
  const services: ServiceContext = {
    db: pools.forms,
    clock,
    log,
    notifyRouters: hub.notifyRouters,
    notifyCommands: hub.notifyCommands,
    machine: openMachineTime(),
    masterKeys,
    signing: keys.signing,
    erasures: openErasureList(config.erasuresFile),
    isManyTenants: config.isManyTenants,
    isDemo: config.demo !== null,
    ...(config.demo?.mailPort === undefined ? {} : { demoMailPort: config.demo.mailPort }),
    trySmtp,
    press,
    links,
  };
  // Before anybody looks at a page, and before anything is mailed to somebody who asked to be forgotten.
  await applyErasuresAgain({ ...services, db: pools.jobs });
  const mail = startMail({ ...services, masterKeys, press, links }, pools.mail);
  closers.push({ name: "mail", close: () => mail.stop() });
  services.mailGoesOut = (tenantId) => mail.goesOut(tenantId);
  const jobs = await startJobs({
    url: address.appUrl,
    context: { ...services, db: pools.jobs },
  });
  closers.push({ name: "jobs", close: () => jobs.stop() });

  const closing = new AbortController();
  const liveHub = new LiveHub({
    clock,
    log,
    databaseUrl: address.appUrl,
    onNews: (topics) => {
      if (topics.includes("mail")) mail.wake();
    },
    streamsMax: Math.floor(connections.pages / 2),
    // Behind a proxy no network has a share of the connections.
    ...(config.trustProxy ? {} : { streamsPerNetworkMax: Math.floor(networkShare(connections.pages) / 2) }),
  });
  closers.push({ name: "live", close: () => liveHub.stop() });
  services.enqueue = jobs.enqueue;
  const reading = { ...services, db: pools.pages };
  const openings = new RecordOpenings(services);
  closers.push({ name: "openings", close: () => openings.settled() });
  const handler = await buildApp(config, { services, reading, keys, liveHub, openings });
  const server = await serveApp(handler, {
    port: config.port,
    hostname: config.hostname,
    signal: closing.signal,
    connectionsMax: connections.pages,
    trustProxy: config.trustProxy,
    log,
  });
  closers.push({
    name: "pages",
    close: async () => {
      // First the streams: the server waits for them as for any answer, and they never end by themselves.
      await liveHub.stop();
      closing.abort();
      await server.finished;
    },
  });
  const setupCode = await needsSetup(services) ? await issueSetupCode(services) : null;
  return {
    url: config.publicUrl,
    agentUrl: config.agentUrl,
    setupCode,
    warnings,
    stop: () => closeAll(closers, log),
  };
}

async function masterKeysOf(config: Readonly<Config>): Promise<MasterKeys> {
  const { masterKeys, masterKeysFile } = config;
  return masterKeys === null ? await loadMasterKeys(masterKeysFile) : new MasterKeys(masterKeys);
}

function hostsOf({ publicUrl, agentUrl, hostname, allowedHosts }: Config): KnownHosts {
  return {
    names: [new URL(publicUrl).hostname, new URL(agentUrl).hostname, hostname, ...allowedHosts],
    ownAddresses: () => Deno.networkInterfaces().map(({ address }) => address),
  };
}

async function openDatabaseServer(config: Readonly<Config>, log: Logger, closers: Closers) {
  if (config.databaseUrl !== null && config.databaseOwnerUrl !== null) {
    return { appUrl: config.databaseUrl, ownerUrl: config.databaseOwnerUrl };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  closers.push({ name: "postgres", close: () => embedded.stop() });
  return { appUrl: embedded.appUrl, ownerUrl: embedded.ownerUrl };
}

/** What the pages are made of. */
interface AppParts {
  services: ServiceContext;
  /** The same on the connections of pages that are only read. */
  reading: ServiceContext;
  keys: ServerKeys;
  liveHub: LiveHub;
  openings: RecordOpenings;
}

async function buildApp(
  config: Readonly<Config>,
  { services, reading, keys, liveHub, openings }: AppParts,
) {
  const publicUrl = new URL(config.publicUrl);
  const islandsDir = new URL("./islands/", import.meta.url);
  const bundle = await buildIslands({ islandsDir });
  const files = await loadStaticFiles({
    dir: new URL("./static/", import.meta.url),
    bundle,
    styles: await readAdminStyles(),
  });
  const cache = await loadBuildCache({
    routesDir: new URL("./routes/", import.meta.url),
    islandsDir,
    bundle,
  });
  return createApp({
    cache,
    files,
    log: services.log,
    csrf: new CsrfTokens(keys.secret),
    onRefused: noteRefusal,
    isThere,
    context: processContext({
      services,
      reading,
      security: new SecurityLog(services),
      openings,
      browsers: new KnownBrowsers(keys.secret),
      trustProxy: config.trustProxy,
      publicUrl,
      demo: openDemoControl(config.demo),
      agentUrl: config.agentUrl,
      liveHub,
    }),
    publicUrl,
    hosts: hostsOf(config),
    isUnavailable,
    isSetupOpen: () => needsSetup(services),
    resolveSession: async (req, { isHttps, services }, audience) => {
      if (audience !== "staff") return null;
      const token = readSessionToken(audience, req.headers, isHttps);
      return token === null ? null : await resolveSession(services, token, { isPassive: isPassive(req) });
    },
  });
}

async function closeAll(closers: Closers, log: Logger): Promise<void> {
  for (const { name, close } of closers.splice(0).reverse()) {
    try {
      await close();
    } catch (error) {
      log.error("stop_failed", { part: name, message: String(error) });
    }
  }
}
