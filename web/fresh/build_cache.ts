import { importTogether } from "@/web/import_together.ts";
import type { ComponentType } from "preact";
import { type FsFile, loadRoutes } from "./fs_routes.ts";
import { type IslandBundle, registerIsland } from "./islands.ts";

/** The loaded route files and islands of an app. */
export interface BuildCache {
  files: FsFile[];
  bundle: IslandBundle | null;
}

/** Where the parts of an app lie. Folder addresses end with a slash. */
export interface BuildCacheOptions {
  routesDir: URL;
  islandsDir?: URL;
  /** Browser files of the islands; without them islands are rendered on the server only. */
  bundle?: IslandBundle;
}

/** Loads route files and islands. There is no generated list: the folders are read. */
export async function loadBuildCache(options: BuildCacheOptions): Promise<BuildCache> {
  const { routesDir, islandsDir, bundle } = options;
  if (islandsDir !== undefined && bundle !== undefined) await loadIslands(islandsDir, bundle);
  return { files: await loadRoutes(routesDir), bundle: bundle ?? null };
}

async function loadIslands(islandsDir: URL, bundle: IslandBundle): Promise<void> {
  const names = Object.keys(bundle.islands);
  const modules = await importTogether(names.map((name) => new URL(`${name}.tsx`, islandsDir)));
  for (const [i, name] of names.entries()) {
    const module = modules[i] as { default?: unknown };
    if (typeof module.default !== "function") {
      throw new Error(`Cannot load island "${name}": no default component`);
    }
    registerIsland(name, module.default as ComponentType);
  }
}
