import { join } from "node:path";
import { fullJitterMs } from "@/shared/backoff.ts";
import type { Logger } from "@/shared/log.ts";
import { APP_ROLE, OWNER_ROLE } from "@/web/store/db/roles.ts";
import { locatePackage, prepareBinaries } from "./binaries.ts";
import { bootstrap, DATABASE_NAME, superuserUrl } from "./bootstrap.ts";
import { accountFor, type Cluster, openCluster, writeState } from "./cluster.ts";
import { freePort, isFree } from "./port.ts";
import {
  clearLeftovers,
  PortBusyError,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
} from "./postmaster.ts";
import { pause } from "./process.ts";
import { startWatchdog } from "./watchdog.ts";

/** Where and how the embedded server runs. */
export interface EmbeddedPostgresOptions {
  /** Folder that remembers the server (postgres.json) and holds its cluster where the account can reach it. */
  dataDir: string;
  /** Port on 127.0.0.1. @default the last one of this folder, else a free one between 20000 and 29999 */
  port?: number;
  log: Logger;
  /** The server is stopped when this process ends without stop(). @default this process */
  watchedPid?: number;
  /** Folder that the watchdog removes when it had to stop the server (tests). */
  removeAfterwards?: string;
  /** A power cut may cost data (tests: dropping a database is five times faster). @default false */
  isDisposable?: boolean;
}

/** A running embedded server. */
export interface EmbeddedPostgres {
  /** DATABASE_URL: app role. */
  appUrl: string;
  /** DATABASE_OWNER_URL: migrations. */
  ownerUrl: string;
  superuserUrl: string;
  port: number;
  /** Process id of the server now; another one after it was killed and came back. */
  readonly pid: number;
  /** Fast shutdown; no process is left when it resolves. May be called twice. */
  stop(): Promise<void>;
}

const PORT_TRIES = 20;

/**
 * Starts a real PostgreSQL on a data folder, creating the database at the first start. A server that dies is started
 * again on the same port until stop() is called.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const startedAt = performance.now();
  const dataDir = await prepareDataDir(options.dataDir);
  const lock = await lockDataDir(dataDir);
  try {
    const account = await accountFor(dataDir);
    const binaries = await prepareBinaries(account, options.log, await locatePackage());
    const cluster = await openCluster(dataDir, binaries, account, options.log);
    const orphan = await clearLeftovers(cluster.clusterDir);
    if (orphan !== null) options.log.warn("postgres_orphan_stopped", { pid: orphan });
    const server = new EmbeddedServer(binaries.nativeDir, cluster, options, lock);
    await server.start();
    options.log.info("postgres_started", {
      port: server.port,
      pid: server.pid,
      account: account?.name,
      took_ms: Math.round(performance.now() - startedAt),
    });
    return server;
  } catch (error) {
    lock.close();
    throw error;
  }
}

class EmbeddedServer implements EmbeddedPostgres {
  port = 0;
  #nativeDir: string;
  #cluster: Cluster;
  #options: EmbeddedPostgresOptions;
  #lock: Deno.FsFile;
  #postmaster: Postmaster | null = null;
  #endWatchdog: (() => Promise<void>) | null = null;
  #isStopping = false;
  #stopped: Promise<void> | null = null;
  #restart: Promise<void> = Promise.resolve();

  constructor(nativeDir: string, cluster: Cluster, options: EmbeddedPostgresOptions, lock: Deno.FsFile) {
    this.#nativeDir = nativeDir;
    this.#cluster = cluster;
    this.#options = options;
    this.#lock = lock;
  }

  get pid(): number {
    return this.#postmaster?.pid ?? 0;
  }

  get appUrl(): string {
    return this.#url(APP_ROLE, this.#cluster.state.appPassword);
  }

  get ownerUrl(): string {
    return this.#url(OWNER_ROLE, this.#cluster.state.ownerPassword);
  }

  get superuserUrl(): string {
    return superuserUrl(this.port, this.#cluster.state, DATABASE_NAME);
  }

  #url(role: string, password: string): string {
    return `postgres://${role}:${password}@127.0.0.1:${this.port}/${DATABASE_NAME}`;
  }

  async start(): Promise<void> {
    await this.#startOnFreePort();
    const { state, dataDir } = this.#cluster;
    try {
      if (!state.isBootstrapped) await bootstrap(this.port, state);
      if (!state.isBootstrapped || state.port !== this.port) {
        this.#cluster.state = { ...state, port: this.port, isBootstrapped: true };
        await writeState(dataDir, this.#cluster.state);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #startOnFreePort(): Promise<void> {
    const asked = this.#options.port;
    for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
      const remembered = attempt === 0 ? this.#cluster.state.port : null;
      const port = asked ?? (remembered !== null && isFree(remembered) ? remembered : freePort());
      try {
        await this.#launch(port);
        this.port = port;
        return;
      } catch (error) {
        if (!(error instanceof PortBusyError) || asked !== undefined) throw error;
      }
    }
    throw new Error("Cannot start embedded PostgreSQL: no free port between 20000 and 29999");
  }

  async #launch(port: number): Promise<void> {
    const postmaster = await startPostmaster({
      nativeDir: this.#nativeDir,
      clusterDir: this.#cluster.clusterDir,
      account: this.#cluster.account,
      isDisposable: this.#options.isDisposable === true,
      port,
    });
    this.#postmaster = postmaster;
    this.#endWatchdog = startWatchdog({
      watchedPid: this.#options.watchedPid ?? Deno.pid,
      serverPid: postmaster.pid,
      removeAfterwards: this.#options.removeAfterwards,
    });
    postmaster.exited.then((status) => {
      if (!this.#isStopping) this.#restart = this.#bringBack(status);
    });
  }

  /** The server died under us: its write-ahead log brings every acknowledged commit back. */
  async #bringBack(status: Deno.CommandStatus): Promise<void> {
    const { log } = this.#options;
    log.error("postgres_died", { exit_code: status.code, signal: status.signal });
    const diedAt = performance.now();
    await this.#endWatchdog?.();
    for (let attempt = 0; !this.#isStopping; attempt++) {
      try {
        await clearLeftovers(this.#cluster.clusterDir);
        await this.#launch(this.port);
        log.info("postgres_restarted", { pid: this.pid, took_ms: Math.round(performance.now() - diedAt) });
        return;
      } catch (error) {
        log.error("postgres_restart_failed", { attempt, error });
        await pause(100 + fullJitterMs(attempt, { baseMs: 200, capMs: 5_000, random: Math.random }));
      }
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopOnce();
    return this.#stopped;
  }

  async #stopOnce(): Promise<void> {
    this.#isStopping = true;
    await this.#restart;
    await this.#endWatchdog?.();
    if (this.#postmaster !== null) await stopPostmaster(this.#postmaster);
    this.#lock.close();
    this.#options.log.info("postgres_stopped", { port: this.port });
  }
}

async function prepareDataDir(dataDir: string): Promise<string> {
  try {
    if (!await exists(dataDir)) {
      await Deno.mkdir(dataDir, { recursive: true });
      // Readable for the account when we are root; the secrets inside have their own modes.
      await Deno.chmod(dataDir, Deno.uid() === 0 ? 0o755 : 0o700);
    }
    return await Deno.realPath(dataDir);
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write data folder "${dataDir}": ${state}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** A lock that the operating system lets go of however we end, so that two starters never share a cluster. */
async function lockDataDir(dataDir: string): Promise<Deno.FsFile> {
  const path = join(dataDir, "postgres.lock");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write data folder "${dataDir}": ${state}`, { cause });
  }
  if (await file.tryLock(true)) {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    return file;
  }
  file.close();
  const holder = (await Deno.readTextFile(path)).trim();
  throw new Error(
    `Cannot start embedded PostgreSQL: data folder "${dataDir}" is in use by process ${holder || "unknown"}`,
  );
}
