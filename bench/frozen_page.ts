import { silentLogger } from "@/shared/log.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import type { TestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type WebApp } from "@/tests/support/web_app.ts";
import { openDatabase } from "@/web/store/db/database.ts";
import { freePort } from "@/embedded_postgres/port.ts";
import type { AppState, Session } from "@/web/app/state.ts";
import type { FsFile } from "@/web/fresh/fs_routes.ts";
import type { HandlerByMethod, PageResponse } from "@/web/fresh/types.ts";
import { median } from "./row.ts";

const FRAME_FILE = "admin/_middleware.ts";
/** How many ask at once. */
export const CONNECTIONS = 8;
const SECONDS = 2;
const ROUNDS = 3;

/** Requests a second of a page, as it is and without its database. */
export interface PageRates {
  live: number;
  /** The same page and frame from memory. */
  still: number;
  /** The same bytes as a constant. */
  constant: number;
  p99Ms: number;
  bytes: number;
}

/**
 * Measures a page over HTTP, and the same page with what the database said frozen.
 *
 * @param page its address, and its file below the routes
 */
export async function measurePage(
  database: TestDatabase,
  isp: Isp,
  page: { path: string; file: string },
): Promise<PageRates> {
  const frozen = new FrozenPage(page.file);
  // The pool of a web process; that of the fixture is half as wide.
  const pool = openDatabase({ url: database.appUrl, log: silentLogger });
  const context = { ...isp.context, db: pool.db };
  const live = await createWebApp(context, { change: (file) => frozen.watch(file) });
  const user = await live.signIn(isp.tenantId, "Owner");
  const { html } = await user.get(page.path);
  const still = await createWebApp(isp.context, {
    change: (file) => frozen.replace(file),
    session: () => frozen.session,
  });
  const constant = () => new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
  const answers = { live: serve(live), still: serve(still), constant: serve({ handler: constant }) };
  const loads = { live: [] as Load[], still: [] as Load[], constant: [] as Load[] };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ["live", "still", "constant"] as const) {
        loads[kind].push(await load(`${answers[kind].url}${page.path}`, user.cookie));
      }
    }
  } finally {
    for (const server of Object.values(answers)) await server.stop();
    await pool.close();
  }
  const rate = (kind: keyof typeof loads) => median(loads[kind].map(({ perSecond }) => perSecond));
  return {
    live: rate("live"),
    still: rate("still"),
    constant: rate("constant"),
    p99Ms: median(loads.live.map(({ p99Ms }) => p99Ms)),
    bytes: loads.live[0]?.bytes ?? 0,
  };
}

interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  bytes: number;
}

/** Remembers what the page's handler and frame gave, and gives it again without asking the database. */
class FrozenPage {
  readonly #file: string;
  session: Session | null = null;
  #data: PageResponse<unknown> | null = null;
  #shell: AppState["shell"] = null;
  #title: string | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  watch(file: FsFile): FsFile {
    if (file.path !== this.#file) return file;
    const get = getHandler(file);
    return withGet(file, async (ctx) => {
      const answer = await get(ctx);
      if (!(answer instanceof Response)) this.#data = answer;
      this.session = ctx.state.session;
      this.#shell = ctx.state.shell;
      this.#title = ctx.state.title;
      return answer;
    });
  }

  replace(file: FsFile): FsFile {
    if (file.path === FRAME_FILE) {
      return {
        ...file,
        module: {
          default: (ctx: { state: AppState; next(): Promise<Response> }) => {
            ctx.state.shell = this.#shell;
            return ctx.next();
          },
        },
      };
    }
    if (file.path !== this.#file) return file;
    return withGet(file, (ctx) => {
      if (this.#data === null) throw new Error("Cannot show the frozen page: it was never asked for");
      ctx.state.title = this.#title ?? "";
      return this.#data;
    });
  }
}

type Get = NonNullable<HandlerByMethod<unknown, AppState>["GET"]>;

function getHandler(file: FsFile): Get {
  const { GET } = file.module.handler as HandlerByMethod<unknown, AppState>;
  if (GET === undefined) throw new Error(`Cannot freeze ${file.path}: it has no GET handler`);
  return GET;
}

function withGet(file: FsFile, GET: Get): FsFile {
  return { ...file, module: { ...file.module, handler: { GET } } };
}

function serve({ handler }: Pick<WebApp, "handler"> | { handler: () => Response }) {
  const port = freePort();
  const server = Deno.serve({ port, hostname: "127.0.0.1", onListen: () => {} }, handler);
  return { url: `http://127.0.0.1:${port}`, stop: () => server.shutdown() };
}

async function load(url: string, cookie: string): Promise<Load> {
  const client = new URL("./load_client.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--allow-net", client, url, cookie, String(CONNECTIONS), String(SECONDS)];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(`Cannot measure ${url}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Load;
}
