import type { Middleware } from "fresh";
import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { type IslandBundle, setAssetAddresses } from "@/web/fresh/internal.ts";
import { acceptsEncoding } from "./compress.ts";
import type { AppState } from "@/web/app/state.ts";

type Bytes = Uint8Array<ArrayBuffer>;

interface StaticFile {
  type: string;
  etag: string;
  /** The address names the content, so that it may be kept for ever. */
  isImmutable: boolean;
  encodings: { name: "br" | "gzip" | ""; body: Bytes }[];
}

/** Static files by address, loaded and compressed once. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const PREFIX = "/static/";
const TYPES: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json",
};
const COMPRESSIBLE = new Set(["css", "js", "svg", "txt", "webmanifest"]);

/** What is served below `/static/`. */
export interface StaticFilesOptions {
  dir: URL;
  /** The islands' scripts. */
  bundle?: IslandBundle;
  /** Text of `admin.css`, from {@linkcode readAdminStyles}. */
  styles?: string;
}

/**
 * Loads `web/static`, the style sheet and the islands' scripts. After it `asset("/admin.css")` gives the address with
 * the hash of the content.
 */
export async function loadStaticFiles(options: StaticFilesOptions): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  const addresses = new Map<string, string>();
  const tree = await readTree(options.dir, "");
  if (options.styles !== undefined) tree.push(["admin.css", new TextEncoder().encode(options.styles)]);
  for (const [path, body] of tree) {
    const address = PREFIX + hashedName(path, body);
    addresses.set(`/${path}`, address);
    const file = createFile(path, body, true);
    files.set(address, file);
    // Compressed once for both addresses.
    files.set(PREFIX + path, { ...file, isImmutable: false });
  }
  for (const [address, body] of options.bundle?.files ?? []) {
    files.set(address, createFile(address, body, true));
  }
  setAssetAddresses(addresses);
  return files;
}

/** Serves {@linkcode loadStaticFiles}; anything else goes on. */
export function staticFiles(files: StaticFiles): Middleware<AppState> {
  return (ctx) => {
    // Some browsers ask for it whatever icon a page names.
    const pathname = ctx.url.pathname === "/favicon.ico" ? `${PREFIX}favicon.ico` : ctx.url.pathname;
    const file = pathname.startsWith(PREFIX) ? files.get(pathname) : undefined;
    if (file === undefined) return ctx.next();
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return new Response("Only GET and HEAD", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    return serve(file, ctx.req);
  };
}

function serve(file: StaticFile, req: Request): Response {
  const chosen = file.encodings.find(({ name }) => name === "" || acceptsEncoding(req, name));
  const headers = new Headers({
    "content-type": file.type,
    "cache-control": file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
    "vary": "accept-encoding",
    // Weak: the encodings share it.
    "etag": `W/"${file.etag}"`,
  });
  if (req.headers.get("if-none-match")?.includes(`"${file.etag}"`)) {
    return new Response(null, { status: 304, headers });
  }
  if (chosen?.name) headers.set("content-encoding", chosen.name);
  return new Response(chosen?.body ?? null, { headers });
}

function createFile(path: string, body: Bytes, isImmutable: boolean): StaticFile {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const type = TYPES[extension] ?? "application/octet-stream";
  return { type, etag: hashOf(body), isImmutable, encodings: encode(body, COMPRESSIBLE.has(extension)) };
}

function encode(body: Bytes, isCompressible: boolean): StaticFile["encodings"] {
  const plain = { name: "" as const, body };
  if (!isCompressible || body.length < 512) return [plain];
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  return [
    { name: "br", body: new Uint8Array(brotliCompressSync(body, quality)) },
    { name: "gzip", body: new Uint8Array(gzipSync(body, { level: 9 })) },
    plain,
  ];
}

function hashedName(path: string, body: Bytes): string {
  const dot = path.lastIndexOf(".");
  return `${path.slice(0, dot)}-${hashOf(body)}${path.slice(dot)}`;
}

function hashOf(body: Bytes): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 12);
}

async function readTree(dir: URL, prefix: string): Promise<[string, Bytes][]> {
  const found: [string, Bytes][] = [];
  for await (const entry of Deno.readDir(dir)) {
    const path = prefix + entry.name;
    const url = new URL(encodeURIComponent(entry.name), dir);
    if (entry.isDirectory) found.push(...await readTree(new URL(`${url.href}/`), `${path}/`));
    else found.push([path, await Deno.readFile(url)]);
  }
  return found;
}
