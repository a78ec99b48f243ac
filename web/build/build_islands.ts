import { fileURLToPath as fromFileUrl } from "node:url";
import type { IslandBundle } from "@/web/fresh/internal.ts";
import { bundleIslands, type BundleIslandsOptions, listIslands, ROOT } from "./bundle_islands.ts";

/** What to build, and where it is kept. */
export interface BuildOptions extends BundleIslandsOptions {
  /** @default {.data/build in the repository} */
  keptIn?: URL;
}

/** What is written beside the scripts: from it the next start sees whether they still are those of the sources. */
interface KeptBuild {
  /** Names of the islands: a new one is no change of an old source. */
  names: string[];
  /** Hash of the content by path. */
  sources: Record<string, string>;
  boot: string;
  islands: IslandBundle["islands"];
  /** Base64 by address. */
  files: Record<string, string>;
}

/** They decide what a source is made into, and are no source themselves. */
const MADE_WITH = ["deno.lock", "web/build/bundle_islands.ts"];

/**
 * The islands' scripts: those that are kept where every source still has the content that they were made from, else made
 * anew and kept. `deno task build` makes them before the first start, for a folder that the web cannot write to.
 */
export async function buildIslands(options: BuildOptions): Promise<IslandBundle> {
  const keptIn = options.keptIn ?? new URL(".data/build/", ROOT);
  const file = new URL(`islands-${await nameOf(options)}.json`, keptIn);
  const names = listIslands(options.islandsDir);
  const kept = await readKept(file);
  if (kept !== null && await isCurrent(kept, names)) return toBundle(kept);
  const { bundle, sources } = await bundleIslands(options);
  await keep(file, {
    names,
    sources: await hashesOf([...sources, ...MADE_WITH]),
    boot: bundle.boot,
    islands: bundle.islands,
    files: Object.fromEntries([...bundle.files].map(([address, bytes]) => [address, bytes.toBase64()])),
  });
  return bundle;
}

async function isCurrent(kept: KeptBuild, names: string[]): Promise<boolean> {
  if (kept.names.join() !== names.join()) return false;
  try {
    const now = await hashesOf(Object.keys(kept.sources));
    return Object.entries(kept.sources).every(([path, hash]) => now[path] === hash);
  } catch (error) {
    // A source that is gone.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function toBundle({ boot, islands, files }: KeptBuild): IslandBundle {
  const decoded = Object.entries(files).map(([address, text]) =>
    [address, Uint8Array.fromBase64(text)] as const
  );
  return { boot, islands, files: new Map(decoded) };
}

async function hashesOf(paths: readonly string[]): Promise<Record<string, string>> {
  const hashes = paths.map(async (path) => [path, await hashOf(await Deno.readFile(new URL(path, ROOT)))]);
  return Object.fromEntries(await Promise.all(hashes));
}

/** One file for each folder of islands and address. */
async function nameOf({ islandsDir, publicPath }: BuildOptions): Promise<string> {
  const text = `${fromFileUrl(islandsDir)} ${publicPath ?? ""}`;
  return (await hashOf(new TextEncoder().encode(text))).slice(0, 12);
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function readKept(file: URL): Promise<KeptBuild | null> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    // Not made yet, or cut off while it was written: it is made again.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Two processes may do this at once; each puts a whole file in its place. */
async function keep(file: URL, build: KeptBuild): Promise<void> {
  const draft = new URL(`${file.href}.${crypto.randomUUID()}`);
  try {
    await Deno.mkdir(new URL("./", file), { recursive: true });
    await Deno.writeTextFile(draft, JSON.stringify(build));
    await Deno.rename(draft, file);
  } catch (error) {
    // A folder that may only be read: the next start makes them again.
    const isReadOnly = error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotCapable || String(error).includes("os error 30");
    if (!isReadOnly) throw error;
  }
}
