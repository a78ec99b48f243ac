import { fileURLToPath as fromFileUrl } from "node:url";
import type * as esbuild from "esbuild";
import type { IslandBundle } from "@/web/fresh/internal.ts";

/** A bundle, and the sources that it was made from. */
export interface BundledIslands {
  bundle: IslandBundle;
  /** Paths from the root of the repository. */
  sources: string[];
}

/** What to bundle. Folder addresses end with a slash. */
export interface BundleIslandsOptions {
  islandsDir: URL;
  /** Address that the files are served below. @default {"/static/"} */
  publicPath?: string;
}

/** The root of the repository. */
export const ROOT = new URL("../../", import.meta.url);
const BOOT = new URL("web/fresh/client/boot.ts", ROOT);

/**
 * Bundles every `*.tsx` of the islands folder for the browser, in memory. Preact is shared between them.
 *
 * JSX is compiled here with its own setting: the server's `precompile` output would lose event handlers.
 */
export async function bundleIslands(options: BundleIslandsOptions): Promise<BundledIslands> {
  const publicPath = options.publicPath ?? "/static/";
  const names = listIslands(options.islandsDir);
  // Only here: a start that finds its scripts made needs no bundler.
  const bundler = await import("esbuild");
  const entries = names.map((name) => ({
    in: fromFileUrl(new URL(`${name}.tsx`, options.islandsDir)),
    out: name,
  }));
  try {
    const result = await bundler.build({
      entryPoints: [{ in: fromFileUrl(BOOT), out: "boot" }, ...entries],
      absWorkingDir: fromFileUrl(ROOT),
      alias: {
        "@": fromFileUrl(ROOT).replace(/\/$/, ""),
        "fresh/runtime": fromFileUrl(new URL("web/fresh/runtime.ts", ROOT)),
      },
      outdir: "out",
      write: false,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: "es2020",
      minify: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfigRaw: "{}",
      entryNames: "[name]-[hash]",
      chunkNames: "chunk-[hash]",
      metafile: true,
      logLevel: "silent",
    });
    return {
      bundle: toBundle(result, names, publicPath),
      sources: Object.keys(result.metafile.inputs).sort(),
    };
  } finally {
    await bundler.stop();
  }
}

/** The islands of a folder by name. */
export function listIslands(dir: URL): string[] {
  const names: string[] = [];
  for (const entry of readDirOrNothing(dir)) {
    if (entry.isFile && /^[A-Z]\w*\.tsx$/.test(entry.name)) names.push(entry.name.replace(/\.tsx$/, ""));
  }
  return names.sort();
}

// A tree without islands is complete: its pages send no script.
function readDirOrNothing(dir: URL): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(dir)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

type Outputs = esbuild.Metafile["outputs"];

function toBundle(
  result: esbuild.BuildResult<{ metafile: true; write: false }>,
  names: string[],
  publicPath: string,
): IslandBundle {
  const { outputs } = result.metafile;
  const urlOf = (path: string) => publicPath + path.slice(path.lastIndexOf("/") + 1);
  const islands: IslandBundle["islands"] = {};
  for (const name of names) {
    const path = outputOf(outputs, name);
    islands[name] = { url: urlOf(path), files: [...reachable(outputs, path)].map(urlOf) };
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of result.outputFiles) files.set(urlOf(file.path), new Uint8Array(file.contents));
  return { boot: urlOf(outputOf(outputs, "boot")), islands, files };
}

function outputOf(outputs: Outputs, name: string): string {
  const path = Object.keys(outputs).find((path) =>
    path.startsWith(`out/${name}-`) && outputs[path]?.entryPoint
  );
  if (path === undefined) throw new Error(`Cannot bundle island "${name}": the bundler wrote no file for it`);
  return path;
}

function reachable(outputs: Outputs, path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === "import-statement") reachable(outputs, next, seen);
  }
  return seen;
}
