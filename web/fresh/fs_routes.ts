import { importTogether } from "@/web/import_together.ts";
import { normalizePathname } from "./router.ts";

/** What a route file may export; checked where it is used. */
export interface FsModule {
  default?: unknown;
  handler?: unknown;
  handlers?: unknown;
  config?: unknown;
}

/** A route file: its path below the routes folder, and its exports. */
export interface FsFile {
  path: string;
  module: FsModule;
}

/** What a file name stands for. */
export type FsKind = "route" | "middleware" | "layout" | "app" | "any" | "notFound" | "server";

const SPECIAL: Record<string, FsKind> = {
  _middleware: "middleware",
  _layout: "layout",
  _app: "app",
  _error: "any",
  _404: "notFound",
  _500: "server",
};

/** Loads every route file below a folder, in a stable order. */
export async function loadRoutes(routesDir: URL): Promise<FsFile[]> {
  const paths: string[] = [];
  await walk(routesDir, "", paths);
  const modules = await importTogether(paths.sort().map((path) => addressOf(routesDir, path)));
  return paths.map((path, i) => ({ path, module: modules[i] as FsModule }));
}

/** Where a route file applies: `(staff)/bills/[id].tsx` is a route at `/(staff)/bills/:id`. */
export function placeOf(path: string): { kind: FsKind; place: string } {
  const segments = path.replace(/\.tsx?$/, "").split("/");
  const name = segments.pop() ?? "";
  const folder = segments.map(segmentOf);
  const special = SPECIAL[name];
  if (special !== undefined) return { kind: special, place: normalizePathname(`/${folder.join("/")}`) };
  if (name.startsWith("_")) throw new Error(`Cannot load route file "${path}": unknown special name`);
  if (name !== "index") folder.push(segmentOf(name));
  return { kind: "route", place: normalizePathname(`/${folder.join("/")}`) };
}

function segmentOf(name: string): string {
  const rest = /^\[\.\.\.(\w+)\]$/.exec(name);
  if (rest !== null) return `:${rest[1]}*`;
  const param = /^\[(\w+)\]$/.exec(name);
  if (param !== null) return `:${param[1]}`;
  if (/[\[\]:*]/.test(name)) throw new Error(`Cannot load route file: segment "${name}" is not supported`);
  return name;
}

async function walk(dir: URL, prefix: string, paths: string[]): Promise<void> {
  for await (const entry of Deno.readDir(dir)) {
    // As in Fresh, folders like (_components) hold files that are not routes.
    if (entry.isDirectory && !entry.name.startsWith("(_")) {
      await walk(new URL(`${encodeURIComponent(entry.name)}/`, dir), `${prefix}${entry.name}/`, paths);
    } else if (entry.isFile && /\.tsx?$/.test(entry.name) && !/_test\.tsx?$/.test(entry.name)) {
      paths.push(prefix + entry.name);
    }
  }
}

function addressOf(routesDir: URL, path: string): URL {
  return new URL(path.split("/").map(encodeURIComponent).join("/"), routesDir);
}
