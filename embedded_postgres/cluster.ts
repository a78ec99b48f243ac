import { dirname, join } from "node:path";
import { z } from "zod";
import type { Logger } from "@/shared/log.ts";
import { type Account, chooseAccount, giveTo, runAs } from "./account.ts";
import type { Binaries } from "./binaries.ts";

const MAJOR_VERSION = "18";
const STATE_FILE = "postgres.json";
const CLUSTER_NAME = "postgres";

const stateSchema = z.object({
  /** Cluster folder, relative to the data folder where it lies inside. */
  cluster: z.string(),
  port: z.number().int().nullable(),
  superuserPassword: z.string(),
  ownerPassword: z.string(),
  appPassword: z.string(),
  /** Roles, database and extensions exist. */
  isBootstrapped: z.boolean(),
});

/** What the data folder remembers about its cluster (postgres.json, 0600). */
export type ClusterState = z.infer<typeof stateSchema>;

/** A cluster on disk, ready to be started. */
export interface Cluster {
  dataDir: string;
  /** Absolute path of the PostgreSQL data directory. */
  clusterDir: string;
  account: Account | undefined;
  state: ClusterState;
}

/** Absolute path of the cluster that a data folder holds or points to, without touching it. */
export async function findCluster(
  dataDir: string,
): Promise<{ state: ClusterState; clusterDir: string } | null> {
  const state = await readState(dataDir);
  return state === null ? null : { state, clusterDir: absolute(dataDir, state.cluster) };
}

/** The account to run as: the owner of an existing cluster wins (a folder made by an ordinary user, now run by root). */
export async function accountFor(dataDir: string): Promise<Account | undefined> {
  const found = await findCluster(dataDir);
  const owner = found === null ? null : await statOrNull(found.clusterDir);
  return await chooseAccount(owner?.uid ?? undefined);
}

/** Opens the cluster of a data folder, making it when the folder has none. The caller holds the folder's lock. */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  account: Account | undefined,
  log: Logger,
): Promise<Cluster> {
  const found = await findCluster(dataDir);
  if (found !== null && await statOrNull(join(found.clusterDir, "PG_VERSION")) !== null) {
    await checkExisting(found.clusterDir, account);
    return { dataDir, account, ...found };
  }
  if (found?.state.isBootstrapped === true) {
    throw new Error(
      `Cannot open the database in "${dataDir}": its cluster "${found.clusterDir}" is gone; restore it, or move ` +
        `"${join(dataDir, STATE_FILE)}" away to start with an empty database`,
    );
  }
  if (found === null && await statOrNull(join(dataDir, CLUSTER_NAME)) !== null) {
    throw new Error(
      `Cannot open the database in "${dataDir}": ${STATE_FILE} with its passwords is gone; restore that file`,
    );
  }
  return await createCluster(dataDir, binaries, account, log);
}

async function checkExisting(clusterDir: string, account: Account | undefined): Promise<void> {
  const { uid } = await Deno.stat(clusterDir);
  const version = (await Deno.readTextFile(join(clusterDir, "PG_VERSION"))).trim();
  if (version !== MAJOR_VERSION) {
    throw new Error(
      `Cannot open cluster "${clusterDir}": it is PostgreSQL ${version}, this is ${MAJOR_VERSION}`,
    );
  }
  const runsAs = account?.uid ?? Deno.uid();
  if (uid !== runsAs) {
    throw new Error(
      `Cannot open cluster "${clusterDir}": it belongs to user id ${uid} and not to ${runsAs}; start as that user or as root`,
    );
  }
  if (!await canReach(account, clusterDir)) {
    throw new Error(
      `Cannot open cluster "${clusterDir}": account "${account?.name}" cannot reach it; open the folders above ` +
        "it for others (chmod o+x), or move the data folder to a readable place",
    );
  }
}

async function createCluster(
  dataDir: string,
  binaries: Binaries,
  account: Account | undefined,
  log: Logger,
): Promise<Cluster> {
  const parent = await chooseParent(dataDir, account, log);
  const clusterDir = join(parent, CLUSTER_NAME);
  const state: ClusterState = {
    cluster: parent === dataDir ? CLUSTER_NAME : clusterDir,
    port: null,
    superuserPassword: randomPassword(),
    ownerPassword: randomPassword(),
    appPassword: randomPassword(),
    isBootstrapped: false,
  };
  // Written first: a cluster whose passwords are unknown would be of no use.
  await writeState(dataDir, state);
  await initialise(clusterDir, binaries, account, state.superuserPassword);
  if (parent !== dataDir) await pointTo(dataDir, clusterDir);
  return { dataDir, clusterDir, account, state };
}

/** The data folder itself, or a place that the account can reach when a folder above is closed to it. */
async function chooseParent(dataDir: string, account: Account | undefined, log: Logger): Promise<string> {
  if (account === undefined || await canReach(account, dataDir)) return dataDir;
  for (const base of ["/var/lib/linya", "/var/tmp"]) {
    try {
      await Deno.mkdir(base, { recursive: true, mode: 0o755 });
      const parent = await Deno.makeTempDir({ dir: base, prefix: "linya-data-" });
      await Deno.chmod(parent, 0o755);
      if (await canReach(account, parent)) {
        log.info("database_kept_elsewhere", {
          reason: `account "${account.name}" cannot reach the data folder`,
          data_folder: dataDir,
          kept_in: parent,
        });
        return parent;
      }
      await Deno.remove(parent);
    } catch (error) {
      log.warn("database_place_refused", { place: base, error });
    }
  }
  throw new Error(
    `Cannot create a database for "${dataDir}": account "${account.name}" cannot reach it, nor /var/lib or /var/tmp`,
  );
}

async function canReach(account: Account | undefined, folder: string): Promise<boolean> {
  if (account === undefined) return true;
  return (await runAs(account, "/bin/sh", ["-c", 'cd "$1"', "sh", folder])).code === 0;
}

/** initdb works in a folder beside the final one, so that a half made cluster is never taken for a whole one. */
async function initialise(
  clusterDir: string,
  binaries: Binaries,
  account: Account | undefined,
  superuserPassword: string,
): Promise<void> {
  const building = `${clusterDir}.new`;
  const passwordFile = `${clusterDir}.password`;
  await removeIfThere(building);
  await removeIfThere(passwordFile);
  await Deno.mkdir(building, { mode: 0o700 });
  await Deno.chmod(building, 0o700);
  await giveTo(account, building);
  await Deno.writeTextFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600, createNew: true });
  await giveTo(account, passwordFile);
  try {
    const result = await runAs(account, join(binaries.nativeDir, "bin", "initdb"), [
      `--pgdata=${building}`,
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--data-checksums",
    ]);
    if (result.code !== 0) {
      throw new Error(`Cannot create database cluster "${clusterDir}": ${lastLines(result.stderr)}`);
    }
    await Deno.rename(building, clusterDir);
  } finally {
    await removeIfThere(passwordFile);
  }
}

/** Removes the cluster of a data folder wherever it lies, and what the folder says about it. For tests and resets. */
export async function removeCluster(dataDir: string): Promise<void> {
  const found = await findCluster(dataDir);
  if (found === null) return;
  const isElsewhere = found.state.cluster.startsWith("/");
  await removeIfThere(isElsewhere ? dirname(found.clusterDir) : found.clusterDir);
  await removeIfThere(join(dataDir, CLUSTER_NAME));
  await removeIfThere(join(dataDir, STATE_FILE));
}

async function pointTo(dataDir: string, clusterDir: string): Promise<void> {
  const link = join(dataDir, CLUSTER_NAME);
  await removeIfThere(link);
  await Deno.symlink(clusterDir, link);
}

async function readState(dataDir: string): Promise<ClusterState | null> {
  try {
    return stateSchema.parse(JSON.parse(await Deno.readTextFile(join(dataDir, STATE_FILE))));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(`Cannot read "${join(dataDir, STATE_FILE)}": it is damaged or closed to us`, {
      cause: error,
    });
  }
}

/** Replaces postgres.json in one step; as root it keeps belonging to the owner of the data folder. */
export async function writeState(dataDir: string, state: ClusterState): Promise<void> {
  const path = join(dataDir, STATE_FILE);
  const building = `${path}.new`;
  await removeIfThere(building);
  const file = await Deno.open(building, { write: true, createNew: true, mode: 0o600 });
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(state, null, 2)}\n`));
    await file.sync();
  } finally {
    file.close();
  }
  const folder = await Deno.stat(dataDir);
  if (Deno.uid() === 0 && folder.uid !== null && folder.gid !== null) {
    await Deno.chown(building, folder.uid, folder.gid);
  }
  await Deno.rename(building, path);
}

function absolute(dataDir: string, cluster: string): string {
  return cluster.startsWith("/") ? cluster : join(dataDir, cluster);
}

function randomPassword(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}

/** The end of a program's complaint, in one line. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-6).join(" | ");
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
