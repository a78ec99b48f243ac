import assert from "node:assert/strict";
import { join } from "node:path";
import pg from "pg";
import { createLogger, silentLogger } from "@/shared/log.ts";
import { until } from "@/tests/support/until.ts";
import { chooseAccount, parseAccounts, runAs } from "./account.ts";
import { locatePackage, makeLibraryLinks, prepareBinaries } from "./binaries.ts";
import { removeCluster, startEmbeddedPostgres } from "./mod.ts";
import { freePort } from "./port.ts";
import { clearLeftovers, PortBusyError } from "./postmaster.ts";
import { isAlive } from "./process.ts";

const isRoot = Deno.uid() === 0;

/** A folder that every account can reach, removed with any cluster that it points to. */
async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "linya-embedded-" });
  await Deno.chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function query(url: string, text: string): Promise<Array<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

Deno.test("stop leaves no process, and the next start has data, port and passwords again", async () => {
  await withFolder(async (folder) => {
    const first = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    await query(first.ownerUrl, "create table kept (n bigint); insert into kept values (42)");
    const { pid, port, ownerUrl } = first;
    await first.stop();
    await first.stop();
    assert.equal(await isAlive(pid), false);
    const second = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    try {
      assert.deepEqual([second.port, second.ownerUrl], [port, ownerUrl]);
      assert.deepEqual(await query(second.ownerUrl, "select n from kept"), [{ n: "42" }]);
    } finally {
      await second.stop();
    }
  });
});

Deno.test("the roles have no special rights, the server listens on loopback only and never skips a flush", async () => {
  await withFolder(async (folder) => {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    try {
      const roles = await query(
        server.superuserUrl,
        `select rolname, rolcanlogin, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as is_special
          from pg_roles where rolname like 'linya%' order by rolname`,
      );
      assert.deepEqual(roles, [
        { rolname: "linya_app", rolcanlogin: true, is_special: false },
        { rolname: "linya_owner", rolcanlogin: true, is_special: false },
      ]);
      const settings = await query(
        server.superuserUrl,
        `select string_agg(name || '=' || setting, ' ' order by name) as text from pg_settings where name in
          ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories',
          'server_encoding', 'data_checksums')`,
      );
      assert.equal(
        settings[0]?.text,
        "data_checksums=on fsync=on full_page_writes=on listen_addresses=127.0.0.1 server_encoding=UTF8 " +
          "synchronous_commit=on unix_socket_directories=",
      );
      assert.ok(server.port >= 20_000 && server.port < 32_768);
      const wrong = new URL(server.appUrl);
      wrong.password = "guess";
      await assert.rejects(query(wrong.href, "select 1"), /password authentication failed/);
      const { mode } = await Deno.stat(join(folder, "postgres.json"));
      assert.equal((mode ?? 0) & 0o777, 0o600);
    } finally {
      await server.stop();
    }
  });
});

Deno.test("a second start on the same folder is refused and harms nothing", async () => {
  await withFolder(async (folder) => {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    try {
      await assert.rejects(
        startEmbeddedPostgres({ dataDir: folder, log: silentLogger }),
        new RegExp(`is in use by process ${Deno.pid}`),
      );
      assert.deepEqual(await query(server.appUrl, "select 1 as one"), [{ one: 1 }]);
    } finally {
      await server.stop();
    }
  });
});

Deno.test("a named port that is taken is a clear error", async () => {
  await withFolder(async (folder) => {
    const port = freePort();
    const listener = Deno.listen({ hostname: "127.0.0.1", port });
    try {
      await assert.rejects(
        startEmbeddedPostgres({ dataDir: folder, port, log: silentLogger }),
        (error: unknown) => {
          assert.ok(error instanceof PortBusyError);
          assert.equal(error.message, `Cannot start embedded PostgreSQL: port ${port} is taken`);
          return true;
        },
      );
    } finally {
      listener.close();
    }
  });
});

Deno.test("a killed server comes back on its port with every committed row", async () => {
  await withFolder(async (folder) => {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    try {
      await query(server.ownerUrl, "create table kept (n int); insert into kept values (1)");
      const { pid } = server;
      Deno.kill(pid, "SIGKILL");
      const isBack = async () =>
        server.pid !== pid && (await query(server.ownerUrl, "select n from kept")).length === 1;
      await until(isBack, { timeoutMs: 15_000, what: "the server" });
    } finally {
      await server.stop();
    }
  });
});

Deno.test("a server whose supervisor was killed is stopped by the next start, which has its data", async () => {
  await withFolder(async (folder) => {
    // Watching the test keeps the watchdog from being faster than this test.
    const { orphan, server } = await startAndKillSupervisor(folder, [String(Deno.pid)]);
    assert.equal(await isAlive(orphan), true);
    try {
      const next = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
      try {
        assert.equal(await isAlive(orphan), false);
        assert.equal(next.superuserUrl, server);
        assert.deepEqual(await query(next.superuserUrl, "select n from kept"), [{ n: 7 }]);
      } finally {
        await next.stop();
      }
    } finally {
      if (await isAlive(orphan)) Deno.kill(orphan, "SIGQUIT");
    }
  });
});

Deno.test("a server whose supervisor was killed stops by itself", async () => {
  await withFolder(async (folder) => {
    const { orphan } = await startAndKillSupervisor(folder, []);
    await until(async () => !await isAlive(orphan), { timeoutMs: 10_000, what: "the end of the orphan" });
  });
});

async function startAndKillSupervisor(
  folder: string,
  args: string[],
): Promise<{ orphan: number; server: string }> {
  const child = spawnSupervisor([folder, ...args]);
  const { pid, superuserUrl } = await readFirstLine(child.stdout);
  await query(superuserUrl, "create table kept (n int); insert into kept values (7)");
  child.kill("SIGKILL");
  await child.status;
  await child.stdin.abort();
  return { orphan: pid, server: superuserUrl };
}

function spawnSupervisor(args: string[], options: Partial<Deno.CommandOptions> = {}): Deno.ChildProcess {
  const script = join(import.meta.dirname ?? "", "../tests/support/postgres_supervisor.ts");
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--cached-only", script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    ...options,
  }).spawn();
}

async function readFirstLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ pid: number; superuserUrl: string; uid: number }> {
  let text = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Cannot read the supervisor: it ended after "${text}"`);
    text += value;
  }
  await reader.cancel();
  return JSON.parse(text.split("\n")[0] ?? "");
}

Deno.test("a lock file whose process id now belongs to another program is removed", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "postmaster.pid"), `${Deno.pid}\n${folder}\n`);
    assert.equal(await clearLeftovers(folder), null);
    await assert.rejects(Deno.stat(join(folder, "postmaster.pid")), Deno.errors.NotFound);
  });
});

Deno.test({
  name: "as root a data folder under a 0700 parent works, keeps its owner and says where the cluster lies",
  ignore: !isRoot,
  fn: () =>
    withFolder(async (folder) => {
      const home = join(folder, "home");
      const dataDir = join(home, "data");
      await Deno.mkdir(dataDir, { recursive: true });
      await Deno.chown(home, 12_345, 12_345);
      await Deno.chown(dataDir, 12_345, 12_345);
      await Deno.chmod(home, 0o700);
      const lines: string[] = [];
      const log = createLogger((line) => lines.push(line), () => Temporal.Now.instant());
      for (const _start of ["first", "again"]) {
        const server = await startEmbeddedPostgres({ dataDir, log });
        assert.deepEqual(await query(server.appUrl, "select 1 as one"), [{ one: 1 }]);
        await server.stop();
      }
      assert.equal(lines.filter((line) => line.includes("database_kept_elsewhere")).length, 1);
      const [state, owned] = [await Deno.stat(dataDir), await Deno.stat(join(dataDir, "postgres.json"))];
      assert.deepEqual([state.uid, owned.uid], [12_345, 12_345]);
      const cluster = await Deno.realPath(join(dataDir, "postgres"));
      assert.ok(!cluster.startsWith(folder));
      await removeCluster(dataDir);
      await assert.rejects(Deno.stat(cluster), Deno.errors.NotFound);
    }),
});

Deno.test({
  name: "as root the programs run from a copy when the checkout lies under a 0700 home, links included",
  ignore: !isRoot,
  fn: () =>
    withFolder(async (folder) => {
      const installed = await locatePackage();
      const checkout = join(folder, "home", "package");
      await Deno.mkdir(checkout, { recursive: true });
      // Hard links cost nothing; the library links are left out, as after an install without scripts.
      const copied = await runAs(undefined, "/bin/cp", [
        "-al",
        installed.nativeDir,
        join(checkout, "native"),
      ]);
      assert.equal(copied.code, 0, copied.stderr);
      await runAs(undefined, "/usr/bin/find", [join(checkout, "native", "lib"), "-type", "l", "-delete"]);
      await Deno.chmod(join(folder, "home"), 0o700);
      const account = await chooseAccount();
      const found = { nativeDir: join(checkout, "native"), version: "0.0.0-test" };
      const prepared = await prepareBinaries(account, silentLogger, found);
      try {
        assert.ok(!prepared.nativeDir.startsWith(folder));
        const again = await prepareBinaries(account, silentLogger, found);
        assert.deepEqual(again, prepared);
        for (const program of ["postgres", "initdb"]) {
          const run = await runAs(account, join(prepared.nativeDir, "bin", program), ["--version"]);
          assert.equal(run.code, 0, run.stderr);
        }
      } finally {
        await Deno.remove(join(prepared.nativeDir, ".."), { recursive: true });
      }
    }),
});

Deno.test("missing library links are made in place", async () => {
  await withFolder(async (folder) => {
    const native = join(folder, "native");
    await Deno.mkdir(join(native, "lib"), { recursive: true });
    const links = [{ source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" }];
    await Deno.writeTextFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
    await makeLibraryLinks(native);
    await makeLibraryLinks(native);
    assert.equal(await Deno.readLink(join(native, "lib", "libx.so.1")), "libx.so.1.2");
  });
});

Deno.test({
  name: "an ordinary user runs the server as that user, in a private folder",
  ignore: !isRoot,
  fn: () =>
    withFolder(async (folder) => {
      const nobody = parseAccounts(await Deno.readTextFile("/etc/passwd")).find((one) =>
        one.name === "nobody"
      );
      assert.ok(nobody);
      const probe = await runAs(
        nobody,
        "/bin/sh",
        ["-c", 'test -r "$1" && test -x "$2"', "sh"].concat(
          import.meta.filename ?? "",
          Deno.execPath(),
        ),
      );
      if (probe.code !== 0) {
        console.log(`skipped: account "nobody" cannot read this checkout or run ${Deno.execPath()}`);
        return;
      }
      const home = join(folder, "home");
      await Deno.mkdir(home, { mode: 0o700 });
      await Deno.chown(home, nobody.uid, nobody.gid);
      const child = spawnSupervisor([join(home, "data")], {
        uid: nobody.uid,
        gid: nobody.gid,
        env: { HOME: home, DENO_DIR: join(home, "deno") },
      });
      const { pid, superuserUrl, uid } = await readFirstLine(child.stdout);
      assert.equal(uid, nobody.uid);
      assert.equal((await Deno.stat(join(home, "data", "postgres"))).uid, nobody.uid);
      assert.deepEqual(await query(superuserUrl, "select 1 as one"), [{ one: 1 }]);
      await child.stdin.close();
      assert.equal((await child.status).code, 0);
      assert.equal(await isAlive(pid), false);
    }),
});

Deno.test("an interrupted first start is taken up again, a lost cluster is never replaced in silence", async () => {
  await withFolder(async (folder) => {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    await server.stop();
    const state = JSON.parse(await Deno.readTextFile(join(folder, "postgres.json")));
    await Deno.remove(join(folder, "postgres"), { recursive: true });
    await assert.rejects(
      startEmbeddedPostgres({ dataDir: folder, log: silentLogger }),
      /its cluster .* is gone/,
    );
    await Deno.writeTextFile(
      join(folder, "postgres.json"),
      JSON.stringify({ ...state, isBootstrapped: false }),
    );
    const again = await startEmbeddedPostgres({ dataDir: folder, log: silentLogger });
    await again.stop();
  });
});

Deno.test("a data folder that cannot be made is a clear error", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(
      startEmbeddedPostgres({ dataDir: join(folder, "file", "data"), log: silentLogger }),
      /Cannot write data folder/,
    );
  });
});

Deno.test("a stopped data folder that is packed and unpacked elsewhere is the same database", async () => {
  await withFolder(async (folder) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    await Deno.mkdir(from);
    const first = await startEmbeddedPostgres({ dataDir: from, log: silentLogger });
    await query(first.ownerUrl, "create table kept (n bigint); insert into kept values (42)");
    await Deno.writeTextFile(join(from, "server_keys.json"), "{}");
    await first.stop();
    // The very commands of docs/backup.md.
    const guide = await Deno.readTextFile(new URL("../docs/backup.md", import.meta.url));
    const [pack = "", unpack = ""] = ["tar --create", "mkdir -p"].map((start) =>
      guide.match(new RegExp("`(" + start + '[^`]*"\\$LINYA_DATA"[^`]*)`'))?.[1] ?? ""
    );
    for (const [command, data] of [[pack, from], [unpack, to]] as const) {
      const { success, stderr } = await new Deno.Command("sh", {
        args: ["-c", command],
        cwd: folder,
        env: { LINYA_DATA: data },
      }).output();
      assert.ok(success && command !== "", `${command}: ${new TextDecoder().decode(stderr)}`);
    }
    await removeCluster(from);
    const second = await startEmbeddedPostgres({ dataDir: to, log: silentLogger });
    try {
      assert.deepEqual(await query(second.ownerUrl, "select n from kept"), [{ n: "42" }]);
      assert.equal(await Deno.readTextFile(join(to, "server_keys.json")), "{}");
    } finally {
      await second.stop();
    }
  });
});
