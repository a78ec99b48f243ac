/** The islands' scripts, bundled once and kept. */
export { buildIslands, type BuildOptions } from "./build_islands.ts";
