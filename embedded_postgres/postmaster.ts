import { join } from "node:path";
import { type Account, CLEAN_ENVIRONMENT, identityOf } from "./account.ts";
import { lastLines } from "./cluster.ts";
import { commandLineOf, isAlive, pause, signal, waitUntilGone } from "./process.ts";

const READY_TIMEOUT_MS = 120_000;
const SHARED_MEMORY_TIMEOUT_MS = 15_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;
const LOG_BYTES_MAX = 4 * 1024 * 1024;

/** A running server process. */
export interface Postmaster {
  pid: number;
  /** Settles when the process ends; waiting for it alone does not keep our process running, see `ref`. */
  exited: Promise<Deno.CommandStatus>;
  /** From now on our process waits for the server's end. */
  ref(): void;
}

/** How to start a server. */
export interface PostmasterOptions {
  nativeDir: string;
  clusterDir: string;
  account: Account | undefined;
  port: number;
  /** Leaves out what only a power cut makes necessary. */
  isDisposable: boolean;
}

/** Another program listens on the port. */
export class PortBusyError extends Error {
  override name = "PortBusyError";
}

/** Settings that make a small server that never loses an acknowledged commit. */
const SETTINGS: Record<string, string> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "80",
  shared_buffers: "64MB",
  maintenance_work_mem: "64MB",
  max_wal_size: "512MB",
  max_parallel_workers_per_gather: "0",
  io_method: "sync",
  jit: "off",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  logging_collector: "off",
  // Statements that fail (a duplicate key, say) are the application's affair; they would fill the file.
  log_min_messages: "log",
  log_checkpoints: "off",
};

const DISPOSABLE_SETTINGS: Record<string, string> = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
};

/** Starts the server and waits until it takes connections. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  const endsAt = performance.now() + SHARED_MEMORY_TIMEOUT_MS;
  while (true) {
    const attempt = await tryStart(options);
    if (attempt.ok) return attempt.postmaster;
    if (/could not bind|Address already in use/.test(attempt.complaint)) {
      throw new PortBusyError(`Cannot start embedded PostgreSQL: port ${options.port} is taken`);
    }
    // Backends of a killed server may need a moment to notice and let go of its memory.
    const isSettling = /shared memory block|lock file "postmaster.pid" already exists/.test(
      attempt.complaint,
    );
    if (!isSettling || performance.now() >= endsAt) {
      throw new Error(`Cannot start embedded PostgreSQL: ${lastLines(attempt.complaint)}`);
    }
    await pause(100);
  }
}

async function tryStart(
  options: PostmasterOptions,
): Promise<{ ok: true; postmaster: Postmaster } | { ok: false; complaint: string }> {
  const logFile = join(options.clusterDir, "server.log");
  const logStart = await trimLog(logFile);
  const settings = Object.entries({
    ...SETTINGS,
    ...(options.isDisposable ? DISPOSABLE_SETTINGS : {}),
    port: String(options.port),
  });
  const child = new Deno.Command("/bin/sh", {
    // The log is a file and not a pipe: the server must outlive whoever reads it.
    args: [
      "-c",
      'log=$1; shift; umask 077; exec "$@" >>"$log" 2>&1',
      "sh",
      logFile,
      join(options.nativeDir, "bin", "postgres"),
      "-D",
      options.clusterDir,
      ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    cwd: "/",
    clearEnv: true,
    env: CLEAN_ENVIRONMENT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    // Its own session: Ctrl-C must reach the web first, which then stops the server.
    detached: true,
    ...identityOf(options.account),
  }).spawn();
  child.unref();
  const postmaster = { pid: child.pid, exited: child.status, ref: () => child.ref() };
  let hasExited = false;
  postmaster.exited.then(() => hasExited = true);
  const endsAt = performance.now() + READY_TIMEOUT_MS;
  while (!await isReady(options.clusterDir, child.pid)) {
    if (hasExited) return { ok: false, complaint: await readFrom(logFile, logStart) };
    if (performance.now() >= endsAt) {
      await stopPostmaster(postmaster);
      return { ok: false, complaint: `it was not ready after ${READY_TIMEOUT_MS / 1000} seconds` };
    }
    await pause(10);
  }
  return { ok: true, postmaster };
}

/** postmaster.pid says which process owns the cluster (line 1) and whether it takes connections (line 8). */
async function isReady(clusterDir: string, pid: number): Promise<boolean> {
  const lines = await readPidFile(clusterDir);
  return lines !== null && Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

async function readPidFile(clusterDir: string): Promise<string[] | null> {
  try {
    return (await Deno.readTextFile(join(clusterDir, "postmaster.pid"))).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Fast shutdown, then immediate, then the hard way; returns when no process is left. */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  postmaster.ref();
  await stopProcess(postmaster.pid);
  await postmaster.exited;
}

async function stopProcess(pid: number): Promise<void> {
  const steps: Array<[Deno.Signal, number]> = [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
    ["SIGKILL", IMMEDIATE_STOP_MS],
  ];
  for (const [name, graceMs] of steps) {
    signal(pid, name);
    if (await waitUntilGone(pid, graceMs)) return;
  }
  throw new Error(`Cannot stop PostgreSQL: process ${pid} does not end`);
}

/**
 * Deals with what an earlier start left: stops a server whose supervisor was killed, and removes the lock file of one
 * that is dead (its process id may belong to another program by now, which PostgreSQL would take for a server).
 * The caller holds the data folder's lock, so no living supervisor owns that server.
 *
 * @returns process id of the server that was stopped, null when there was none
 */
export async function clearLeftovers(clusterDir: string): Promise<number | null> {
  const lines = await readPidFile(clusterDir);
  const pid = Number(lines?.[0]);
  if (lines === null) return null;
  if (Number.isInteger(pid) && pid > 1 && await isAlive(pid)) {
    const commandLine = await commandLineOf(pid);
    if (commandLine.includes("postgres") && commandLine.includes(clusterDir)) {
      await stopProcess(pid);
      return pid;
    }
  }
  await Deno.remove(join(clusterDir, "postmaster.pid"));
  return null;
}

/** Keeps the server's log from growing over the years; returns where this start's lines begin. */
async function trimLog(logFile: string): Promise<number> {
  try {
    const { size } = await Deno.stat(logFile);
    if (size <= LOG_BYTES_MAX) return size;
    await Deno.rename(logFile, `${logFile}.1`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return 0;
}

async function readFrom(logFile: string, start: number): Promise<string> {
  try {
    const bytes = await Deno.readFile(logFile);
    return new TextDecoder().decode(bytes.slice(start));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "it ended at once and wrote nothing";
    throw error;
  }
}
