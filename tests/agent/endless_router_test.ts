import assert from "node:assert/strict";
import { seal } from "@/shared/crypto/mod.ts";
import { routerSealContext } from "@/shared/protocol/mod.ts";
import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { agentWords } from "@/web/services/network/agent_words.ts";
import { until } from "../support/until.ts";
import { ROUTER, withParts } from "./agent_process.ts";

Deno.test("a router that answers without end has a status that says so, and its agent goes on", () =>
  withParts(async ({ web, agent }) => {
    using router = new EndlessRouter();
    const running = agent();
    await until(() => web.of("hello").length === 1, { timeoutMs: 20_000, what: "hello" });
    const recipient = { publicKey: web.sealingKey!, version: 2 };
    web.send({
      t: "router.settings",
      settings_version: "endless",
      routers: [{
        router_id: ROUTER,
        name: "Endless",
        host: "127.0.0.1",
        port: router.port,
        username: "admin",
        sealed_credentials: await seal(recipient, "admin", routerSealContext(ROUTER)),
        serial_number: null,
        software_id: null,
      }],
    });
    await until(() => web.of("router.status").some(({ code }) => code === "router_endless_answer"), {
      timeoutMs: 30_000,
      what: "the cause in the router's status",
    });
    const status = web.of("router.status").find(({ code }) => code === "router_endless_answer");
    assert.equal(status?.status, "error");
    assert.match(agentWords("router_endless_answer", status?.message ?? null) ?? "", /router_endless_answer/);
    assert.match(status?.message ?? "", /32 MB/);
    assert.equal(web.of("hello").length, 1, "the agent died of it");
    assert.equal((await running.end("SIGTERM")).code, 0);
  }));

/** Lets everybody in, then answers the first question for ever. */
class EndlessRouter implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();

  constructor() {
    void this.#serve();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#listener) void this.#answer(conn);
  }

  async #answer(conn: Deno.TcpConn): Promise<void> {
    this.#open.add(conn);
    const writer = conn.writable.getWriter();
    const decoder = new SentenceDecoder();
    try {
      for await (const bytes of conn.readable) {
        for (const { words } of decoder.push(bytes)) {
          if (words[0] === "/login") await writer.write(encodeSentence(["!done"]));
          else void this.#pour(writer, words.find((word) => word.startsWith(".tag=")) ?? "");
        }
      }
    } catch {
      // The agent has had enough.
    }
    this.#open.delete(conn);
  }

  async #pour(writer: WritableStreamDefaultWriter<Uint8Array>, tag: string): Promise<void> {
    const row = encodeSentence(["!re", `=name=${"x".repeat(60_000)}`, tag]);
    try {
      while (true) await writer.write(row);
    } catch {
      // The same.
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#open) conn.close();
  }
}
