/** A program that starts the server on a folder, says so, and waits to be killed. For the embedded server's tests. */
import { silentLogger } from "@/shared/log.ts";
import { startEmbeddedPostgres } from "@/embedded_postgres/mod.ts";

const [dataDir, watchedPid] = Deno.args;
const server = await startEmbeddedPostgres({
  dataDir: dataDir ?? "",
  log: silentLogger,
  ...(watchedPid === undefined ? {} : { watchedPid: Number(watchedPid) }),
});
console.log(JSON.stringify({ pid: server.pid, superuserUrl: server.superuserUrl, uid: Deno.uid() }));
const { stdin } = Deno;
await stdin.read(new Uint8Array(1));
await server.stop();
