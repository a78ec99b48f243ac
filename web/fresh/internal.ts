/** What the composition root and the HTTP pipeline need and routes must not use. */
import { Context } from "./context.ts";

export { type AppHandler, listRoutes, setBuildCache } from "./app.ts";
export { type BuildCache, type BuildCacheOptions, loadBuildCache } from "./build_cache.ts";
export { type FsFile, loadRoutes, placeOf } from "./fs_routes.ts";
export type { IslandBundle } from "./islands.ts";
export { normalizePathname, Router } from "./router.ts";
export { setAssetAddresses } from "./runtime.ts";
export { isGroup } from "./scope.ts";

/** Renders the nearest `_error`, `_404` or `_500` page; null when there is none. */
export async function renderErrorPage<State>(
  ctx: Context<State>,
  error: unknown,
  status: number,
): Promise<Response | null> {
  return await Context.internalsOf(ctx).renderError(error, status);
}
