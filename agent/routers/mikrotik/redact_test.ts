import assert from "node:assert/strict";
import fc from "fast-check";
import { startRouterOsSim } from "@/sim/routeros/mod.ts";
import { FakeRouter } from "./fake_router_test_support.ts";
import { redactSentence, redactText, secretsIn } from "./redact.ts";
import { connectRouter } from "./router.ts";
import { RouterOsSession } from "./session.ts";
import type { TraceEvent } from "./session_options.ts";

Deno.test.each([
  [["/login", "=name=agent", "=password=s3cret"], ["/login", "=name=*****", "=password=*****"]],
  [["/login", "=name=agent", "=response=00ab"], ["/login", "=name=*****", "=response=*****"]],
  [["/ppp/secret/add", "=name=ana", "=password=a=b"], ["/ppp/secret/add", "=name=ana", "=password=*****"]],
  [["/ppp/secret/print", "?password=x", "?=password=x", "?name=a"], [
    "/ppp/secret/print",
    "?password=*****",
    "?=password=*****",
    "?name=a",
  ]],
  [["!re", ".tag=1", "=password=x", "=wpa2-pre-shared-key=y", "=caller-id=02:00"], [
    "!re",
    ".tag=1",
    "=password=*****",
    "=wpa2-pre-shared-key=*****",
    "=caller-id=02:00",
  ]],
  [["!done", "=ret=hunter2"], ["!done", "=ret=*****"]],
  [["!done", "=ret=*1A;*2"], ["!done", "=ret=*1A;*2"]],
  [["!done", "=ret=", "=password"], ["!done", "=ret=", "=password"]],
] as [string[], string[]][])("a sentence for the log has no secret in it: %j", (words, expected) => {
  assert.deepEqual(redactSentence(words), expected);
});

Deno.test("a text of the router loses the values that it repeats, the longest first", () => {
  const secrets = secretsIn(["/user/set", "=password=abc", "=password=abcdef", "=name=ann", "=password=ab"]);
  assert.equal(
    redactText("invalid value abcdef or abc for ann", secrets),
    "invalid value ***** or ***** for ann",
  );
});

Deno.test("a router's usual words are understood, also where a password is one of them", () => {
  const secrets = secretsIn(["/login", "=name=agent", "=password=password"]);
  assert.equal(redactText("invalid user name or password (6)", secrets), "invalid user name or password (6)");
});

/** Everything that an error shows to whoever writes it down. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [
    error.message,
    error.stack,
    JSON.stringify(error),
    JSON.stringify(Object.values(error)),
    shown(error.cause),
  ]
    .join("\n");
}

Deno.test("no trace, no error and no record of the simulator holds a password, however the connection goes", async () => {
  const password = fc.string({ minLength: 6, maxLength: 24 }).map((text) => `S!${text}`);
  const end = fc.constantFrom("works", "refused", "echoed", "drops", "fatal", "junk");
  await fc.assert(
    fc.asyncProperty(password, password, end, async (own, other, how) => {
      const traced: TraceEvent[] = [];
      const texts: string[] = [];
      const router = new FakeRouter((words, self) => {
        const [command = ""] = words;
        if (command === "/quit") return self.end();
        if (command === "/login" && how !== "refused") return self.reply("!done");
        if (how === "works") return self.reply("!done", `.tag=${self.tagOf(command)}`, `=ret=${other}`);
        if (how === "drops") return self.end();
        if (how === "fatal") return self.reply("!fatal", `cannot use ${other}`);
        if (how === "junk") return self.raw(Uint8Array.of(0xff, ...new TextEncoder().encode(other)));
        const tag = command === "/login" ? [] : [`.tag=${self.tagOf(command)}`];
        self.reply(
          "!trap",
          ...tag,
          `=message=invalid value ${command === "/login" ? own : other} of password`,
        );
        self.reply("!done", ...tag);
      });
      try {
        const session = await RouterOsSession.connect({
          host: "fake",
          user: "agent",
          password: own,
          transport: router.transport,
          trace: (event) => traced.push(event),
        });
        const call = session.call("/ppp/secret/add", { name: "ana", password: other });
        await call.catch((error: unknown) => texts.push(shown(error)));
        await session.close();
      } catch (error) {
        texts.push(shown(error));
      }
      assert.ok(traced.length >= 2);
      const all = JSON.stringify([traced, texts]) + texts.join("");
      for (const secret of [own, other]) {
        assert.ok(
          !all.includes(secret) && !all.includes(JSON.stringify(secret).slice(1, -1)),
          `${how}: ${all}`,
        );
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("a planned cut, restore and change send only what reads, and tell the writes without their passwords", async () => {
  const secrets = ["ana", "ben"].map((name) => ({
    name,
    password: "pw",
    profile: "fiber-25",
    service: "pppoe",
    comment: null,
    callerId: "02:00:00:00:00:01",
    remoteAddress: null,
    disabled: name === "ben",
    dialing: true,
  }));
  const sim = startRouterOsSim({ secrets });
  const planned: (readonly string[])[] = [];
  const router = await connectRouter({
    host: sim.host,
    port: sim.port,
    user: "admin",
    password: "admin",
    plan: (sentence) => planned.push(sentence),
  });
  assert.deepEqual((await router.setDisabled(["ana", "ben"], true)).changed, ["ana"]);
  await router.kick(["ana"]);
  assert.deepEqual((await router.setDisabled(["ben"], false)).changed, ["ben"]);
  assert.equal(await router.setProfile("ana", "fiber-50"), "changed");
  await router.addSecret({
    name: "cai",
    password: "hunter2",
    profile: null,
    disabled: false,
    comment: "new",
  });
  await router.setSecret("*1", { password: "hunter2", comment: "changed" });
  assert.deepEqual(planned, [
    ["/ppp/secret/set", "=numbers=*1", "=disabled=yes"],
    ["/ppp/active/remove", "=numbers=*80000001"],
    ["/ppp/secret/set", "=numbers=*2", "=disabled=no"],
    ["/ppp/secret/set", "=numbers=*1", "=profile=fiber-50"],
    ["/ppp/secret/add", "=name=cai", "=password=*****", "=service=pppoe", "=disabled=no", "=comment=new"],
    ["/ppp/secret/set", "=numbers=*1", "=password=*****", "=comment=changed"],
  ]);
  assert.equal(sim.counters.writes, 0);
  assert.equal(sim.sessionsOf("ana"), 1);
  assert.equal(sim.isDisabled("ana"), false);
  await router.close();
  await sim.close();
});
