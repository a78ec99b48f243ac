/**
 * A router in a thread of its own, so that its work is not measured with the client's: it lets everybody in and answers
 * every print with the same recorded rows under the tag of the command. `postMessage` gives its port.
 */
/// <reference lib="deno.worker" />
import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { generateSecrets, InProcessRouter } from "@/sim/routeros/mod.ts";

const ROWS = 5_000;

/** Full rows of secrets with every field that a print gives, encoded without their tag. */
function recordRows(): Uint8Array[] {
  const router = new InProcessRouter("6.49.10");
  for (const secret of generateSecrets(ROWS, 5)) router.world.addSecret(secret);
  return router.sentences("/ppp/secret/print").filter(([type]) => type === "!re").map((words) =>
    encodeSentence(words).subarray(0, -1)
  );
}

/** All rows in one buffer, each with this word at its end. */
function withTag(rows: readonly Uint8Array[], tag: string | undefined): Uint8Array {
  const end = tag === undefined ? Uint8Array.of(0) : encodeSentence([tag]);
  const all = new Uint8Array(rows.reduce((size, row) => size + row.length + end.length, 0));
  let offset = 0;
  for (const row of rows) {
    all.set(row, offset);
    all.set(end, offset + row.length);
    offset += row.length + end.length;
  }
  return all;
}

async function serve(conn: Deno.TcpConn, rows: readonly Uint8Array[]): Promise<void> {
  conn.setNoDelay(true);
  const writer = conn.writable.getWriter();
  const decoder = new SentenceDecoder();
  for await (const chunk of conn.readable) {
    for (const { words } of decoder.push(chunk)) {
      const tag = words.find((word) => word.startsWith(".tag="));
      if (words[0]?.endsWith("/print")) await writer.write(withTag(rows, tag));
      if (words[0] === "/quit") return conn.close();
      await writer.write(encodeSentence(["!done", ...tag === undefined ? [] : [tag]]));
    }
  }
}

const rows = recordRows();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
self.postMessage(listener.addr.port);
for await (const conn of listener) void serve(conn, rows).catch(() => undefined);
