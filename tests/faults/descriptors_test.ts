import assert from "node:assert/strict";
import { join } from "node:path";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { freePortPair, makeDataDir } from "@/tests/support/stack_parts.ts";
import { until } from "@/tests/support/until.ts";
import { descriptorLimit, shareDescriptors } from "@/web/gateways/listener/mod.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** What the web's process may open, and how many half requests come to each of its ports. */
const LIMIT = 1_024;
const HALF_REQUESTS = 1_100;
/** The header limit is 15 s; then everything is there again. */
const CLOSED_WITHIN_MS = 30_000;

Deno.test("a web that may open 1,024 descriptors under half requests, aborted uploads and a stop", async (t) => {
  await using database = await createTestDatabase();
  const dataDir = await makeDataDir();
  const port = freePortPair();
  await using web = await Limited.start(LIMIT, [
    join(ROOT, "web/main.ts"),
    "--port",
    `${port}`,
    "--data",
    dataDir,
  ], {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  await until(() => isHealthy(port), { timeoutMs: 30_000, what: "the web is up" });

  await t.step("1,100 half requests to each port: it logs, works, and serves again", async () => {
    // Somebody in the middle of a request. A connection that only waits for its next one gives way.
    const underWay = await Upload.begin(port);
    const pages = await halfRequests(port);
    const agents = await halfRequests(port + 1);
    assert.match(await underWay.finish(), /^HTTP\/1\.1 (200|303|4\d\d) /, "answered during the attack");
    await until(() => web.output.includes("connections_full"), {
      timeoutMs: 15_000,
      what: "the line in the log",
    });
    await until(() => isHealthy(port), { timeoutMs: CLOSED_WITHIN_MS, what: "pages are served again" });
    await until(() => isOk(`http://127.0.0.1:${port + 1}/agent/v1/health`), {
      timeoutMs: CLOSED_WITHIN_MS,
      what: "agents are served again",
    });
    await until(() => [...pages, ...agents].every((half) => half.isClosed), {
      timeoutMs: CLOSED_WITHIN_MS,
      what: "every half request was closed",
    });
    assert.doesNotMatch(web.output, /Uncaught|os error 24/);
  });

  await t.step("300 aborted uploads: counted, and no stack in the log", async () => {
    const before = web.output.length;
    const uploads = await Promise.all(Array.from({ length: 300 }, () => Upload.begin(port)));
    for (const upload of uploads) upload.leave();
    const counts = () => [...web.output.slice(before).matchAll(/"count":(\d+)[^\n]*"uploads_aborted"/g)];
    await until(() => counts().reduce((sum, [, count]) => sum + Number(count), 0) === 300, {
      timeoutMs: 25_000,
      what: "300 counted",
    });
    assert.ok(counts().length <= 2, `${counts().length} lines`);
    assert.doesNotMatch(web.output.slice(before), /stack|request_failed|request_crashed/);
  });

  await t.step("a form that is arriving at the stop is taken", async () => {
    const upload = await Upload.begin(port);
    web.stop();
    await until(async () => !await isHealthy(port), { what: "the port is closed" });
    assert.match(await upload.finish(), /^HTTP\/1\.1 (200|303|4\d\d) /);
  });
});

Deno.test("a port whose accepts failed for want of descriptors says so, and accepts again when there are some", async () => {
  await using eater = await Limited.start(200, [join(ROOT, "tests/faults/_descriptor_eater.ts")], {});
  const portOf = () => Number(/port (\d+)/.exec(eater.output)?.[1]);
  await until(() => portOf() > 0, { timeoutMs: 20_000 });
  assert.equal(await isOk(`http://127.0.0.1:${portOf()}/`), true);
  for (let round = 1; round <= 2; round++) {
    const lines = () => eater.output.split('"accept_failed"').length - 1;
    const before = lines();
    await eater.say("eat");
    // This one waits to be accepted and never is.
    const waiting = await Deno.connect({ hostname: "127.0.0.1", port: portOf() });
    await until(() => lines() > before, { timeoutMs: 10_000, what: "the failure in the log" });
    await eater.say("free");
    await until(() => isOk(`http://127.0.0.1:${portOf()}/`), {
      timeoutMs: 15_000,
      what: `served again, round ${round}`,
    });
    waiting.close();
    // Limits hold on a port that was opened anew.
    const half = await HalfRequest.open(portOf());
    await until(() => half.isClosed, { timeoutMs: 20_000, what: "a half request is closed" });
  }
});

Deno.test("what is left after the reserve is shared between pages and agents; too little is refused by name", async () => {
  assert.deepEqual(shareDescriptors(1_024), { pages: 432, agents: 432 });
  assert.deepEqual(shareDescriptors(Infinity), { pages: 20_000, agents: 20_000 });
  assert.throws(() => shareDescriptors(100), /may open 100 files and connections, it needs at least 256/);
  assert.ok(await descriptorLimit() >= 256);
});

/** A `deno run` under `ulimit -n`. */
class Limited implements AsyncDisposable {
  output = "";
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #read: Promise<unknown>;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#read = Promise.all([this.#keep(process.stdout), this.#keep(process.stderr)]);
  }

  static start(limit: number, args: string[], env: Record<string, string>): Promise<Limited> {
    const process = new Deno.Command("/bin/sh", {
      args: ["-c", `ulimit -n ${limit}; exec "$0" run -A --quiet --no-check "$@"`, Deno.execPath(), ...args],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return Promise.resolve(new Limited(process));
  }

  async say(line: string): Promise<void> {
    const answers = () => this.output.split(`done ${line}`).length;
    const before = answers();
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    await until(() => answers() > before, { what: `the answer to ${line}` });
  }

  stop(): void {
    this.#process.kill("SIGTERM");
  }

  async #keep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.output += text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.stop();
    } catch {
      // It has ended already; how is looked at below.
    }
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 20_000);
    const { success, signal } = await this.#process.status;
    clearTimeout(late);
    await this.#input.close().catch(() => {});
    await this.#read;
    assert.ok(success, `ended with ${signal}\n${this.output.slice(-3_000)}`);
  }
}

/** A request that never gets to the end of its headers. */
class HalfRequest {
  isClosed = false;

  static async open(port: number): Promise<HalfRequest> {
    const half = new HalfRequest();
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "));
    void half.#wait(conn);
    return half;
  }

  async #wait(conn: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(1_024);
    try {
      while (await conn.read(buffer) !== null);
    } catch {
      // A reset is an end as well.
    }
    this.isClosed = true;
    conn.close();
  }
}

async function halfRequests(port: number): Promise<HalfRequest[]> {
  return await Promise.all(Array.from({ length: HALF_REQUESTS }, () => HalfRequest.open(port)));
}

/** A form of which the first half is sent. */
class Upload {
  readonly #conn: Deno.TcpConn;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async begin(port: number): Promise<Upload> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const head = ["POST /login HTTP/1.1", `Host: 127.0.0.1:${port}`, "Content-Length: 40"];
    const type = "Content-Type: application/x-www-form-urlencoded";
    await conn.write(new TextEncoder().encode([...head, type, "", "email=a%40b.ph"].join("\r\n")));
    return new Upload(conn);
  }

  async finish(): Promise<string> {
    await this.#conn.write(new TextEncoder().encode(`&password=${"x".repeat(16)}`));
    const buffer = new Uint8Array(16_384);
    const read = await this.#conn.read(buffer);
    this.#conn.close();
    return new TextDecoder().decode(buffer.subarray(0, read ?? 0));
  }

  leave(): void {
    this.#conn.close();
  }
}

function isHealthy(port: number): Promise<boolean> {
  return isOk(`http://127.0.0.1:${port}/health`);
}

/** On a connection of its own; false also when nothing comes. */
async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
