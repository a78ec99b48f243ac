import assert from "node:assert/strict";
import { connectRouter } from "@/agent/routers/mikrotik/mod.ts";
import {
  LoginError,
  OtherServiceError,
  RouterOsError,
  SilentPortError,
  TimeoutError,
} from "@/shared/routeros/mod.ts";
import { outcome } from "./support.ts";

/** Runs `body` against a server that does `serve` with every connection. */
async function withServer(
  serve: (conn: Deno.Conn) => Promise<void>,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns: Deno.Conn[] = [];
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      served.push(serve(conn).catch(() => undefined));
    }
  })();
  try {
    await body(listener.addr.port);
  } finally {
    listener.close();
    await accepting;
    for (const conn of conns) closeIfOpen(conn);
    await Promise.all(served);
  }
}

function closeIfOpen(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** Says this, then keeps the connection until the other side ends it. */
function saying(bytes: Uint8Array, isAfterRead: boolean): (conn: Deno.Conn) => Promise<void> {
  return async (conn) => {
    const buffer = new Uint8Array(1_024);
    if (isAfterRead) await conn.read(buffer);
    await conn.write(bytes);
    while (await conn.read(buffer) !== null);
  };
}

function connect(port: number, connectTimeoutMs: number): Promise<unknown> {
  return outcome(
    connectRouter({ host: "127.0.0.1", port, user: "linya", password: "s3cret", connectTimeoutMs }),
  );
}

const utf8 = new TextEncoder();

const OTHERS: [string, Uint8Array, boolean, string, RegExp][] = [
  ["an SSH server", utf8.encode("SSH-2.0-ROSSSH\r\n"), false, "router_port_is_ssh", /this is an SSH server/],
  [
    "a web server",
    utf8.encode("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    true,
    "router_port_is_web",
    /this is a web server/,
  ],
  ["a TLS port", Uint8Array.of(0x15, 3, 1, 0, 2, 2, 10), true, "router_port_is_tls", /speaks TLS/],
  ["a mail server", utf8.encode("220 mail ESMTP\r\n"), false, "router_protocol", /not the RouterOS API/],
];

for (const [name, bytes, isAfterRead, code, words] of OTHERS) {
  Deno.test(`${name} at the port is told as such at once, not at the end of a deadline`, async () => {
    await withServer(saying(bytes, isAfterRead), async (port) => {
      const error = await connect(port, 60_000);
      assert.ok(error instanceof OtherServiceError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      assert.ok(!error.sentButUnconfirmed);
    });
  });
}

Deno.test("a port that accepts and says nothing is told as such within the one deadline", async () => {
  await withServer(saying(new Uint8Array(0), false), async (port) => {
    const error = await connect(port, 60);
    assert.ok(error instanceof SilentPortError, String(error));
    assert.match(error.message, /nothing was said within 60 ms/);
  });
});

Deno.test("a server that drips bytes of a login answer without an end is left at the one deadline", async () => {
  const drip = async (conn: Deno.Conn) => {
    await conn.write(Uint8Array.of(5));
    await conn.write(utf8.encode("!done"));
    for (;;) {
      await conn.write(Uint8Array.of(1, 0x78));
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, 5);
      await promise;
    }
  };
  await withServer(drip, async (port) => {
    const error = await connect(port, 100);
    assert.ok(error instanceof TimeoutError && !(error instanceof SilentPortError), String(error));
  });
});

Deno.test("a server that closes without a word is a LoginError that says what to check", async () => {
  const hangUp = (conn: Deno.Conn) => Promise.resolve(conn.close());
  await withServer(hangUp, async (port) => {
    const error = await connect(port, 60_000);
    assert.ok(error instanceof LoginError, String(error));
    assert.match(error.message, /closed the connection/);
  });
});

Deno.test("random bytes from the port end in a typed error within the deadline", async () => {
  for (let round = 0; round < 20; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(200));
    await withServer(saying(bytes, round % 2 === 0), async (port) => {
      const error = await connect(port, 300);
      assert.ok(error instanceof RouterOsError, String(error));
    });
  }
});
