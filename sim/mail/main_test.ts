import assert from "node:assert/strict";
import { send } from "./_test_client.ts";
import { parseSwitch } from "./switches.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

function command(args: readonly string[], stdin: "piped" | "null"): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, ...args],
    stdin,
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("a line turns a switch; another one is refused with what is known", () => {
  assert.deepEqual(parseSwitch(" away on "), { away: true });
  assert.deepEqual(parseSwitch("login-refused off"), { loginRefused: false });
  assert.deepEqual(parseSwitch("certificate wrong name"), { certificate: "wrong name" });
  assert.deepEqual(parseSwitch("daily-limit 5"), { dailyLimit: 5 });
  assert.deepEqual(parseSwitch("daily-limit off"), { dailyLimit: null });
  for (const line of ["away", "away maybe", "certificate", "daily-limit -1", "toString on", "fly"]) {
    assert.throws(() => parseSwitch(line), /it is none of no-tls, .*daily-limit N or off/, line);
  }
});

Deno.test({
  name:
    "alone it says where it listens, who may send and what brings a fault, then each mail; lines switch it",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const login = ["--user", "billing", "--password", "kape"];
    const process = command(["--tls", "none", ...login], "piped").spawn();
    const input = process.stdin.getWriter();
    const say = (line: string) => input.write(new TextEncoder().encode(`${line}\n`));
    let printed = "";
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const sees = async (pattern: RegExp): Promise<RegExpMatchArray> => {
      while (true) {
        const match = printed.match(pattern);
        if (match !== null) return match;
        const { value, done } = await reader.read();
        assert.ok(!done, printed);
        printed += value;
      }
    };
    const [, port] = await sees(/Mail server on 127\.0\.0\.1:(\d+) \(none\), login billing \/ kape\n/);
    await sees(/cut-after-data@ +takes and keeps/);
    const server = {
      host: "127.0.0.1",
      port: Number(port),
      hostname: "mail.isp.test",
      encryption: "none",
      authority: null,
    } as const;
    const mail = { to: "juan@example.test", subject: "Bill", login: { user: "billing", pass: "kape" } };
    assert.match((await send(server, mail)).answer, /^250/);
    await sees(/mail 1 {2}juan@example\.test {2}"Bill" {2}\d+ bytes {2}in clear\n/);
    await say("login-refused on");
    await sees(/ok login-refused on\n/);
    assert.match((await send(server, mail)).answer, /535/);
    await say("fly");
    await sees(/Cannot read "fly"/);
    process.kill("SIGTERM");
    assert.equal((await process.status).code, 0);
    await input.close().catch(() => {});
    await reader.cancel();
    await process.stderr.cancel();
  },
});

const WRONG = [
  [["--fly"], /--fly/],
  [["--port", "many"], /Cannot use --port many: not a whole number/],
  [["--port", "70000"], /Cannot use --port 70000/],
  [["--tls", "ssl"], /Cannot use --tls ssl: it is none of starttls, tls, none/],
  [["--user", "billing"], /--user and --password belong together/],
  [["--certificate", "fake"], /Cannot read "certificate fake"/],
] as const;

Deno.test("an option that it cannot use is said in one line, and it ends", async () => {
  for (const [args, says] of WRONG) {
    const { code, stderr } = await command(args, "null").output();
    const text = new TextDecoder().decode(stderr);
    assert.match(text, says);
    assert.equal(text.trim().split("\n").length, 1, text);
    assert.equal(code, 1);
  }
});
