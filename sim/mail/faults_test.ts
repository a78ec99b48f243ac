import assert from "node:assert/strict";
import { RawClient, send } from "./_test_client.ts";
import { ADDRESS_FAULTS, faultOf, type MailSim, startMailSim } from "./mod.ts";

Deno.test("an address asks for a fault by its local part or by a tag, not by what looks like one", () => {
  const named = (address: string) => faultOf(address)?.name ?? null;
  assert.equal(named("451@isp.test"), "451");
  assert.equal(named("Juan+451@isp.test"), "451");
  assert.equal(named("juan+TARPIT@isp.test"), "tarpit");
  assert.equal(named("450always@isp.test"), "450always");
  assert.equal(named("juan451@isp.test"), null);
  assert.equal(named("juan@451.test"), null);
  assert.equal(named("451"), null);
  assert.equal(new Set(ADDRESS_FAULTS.map(({ name }) => name)).size, ADDRESS_FAULTS.length);
});

/** A server without encryption, spoken to by hand. */
function byHand(name: string, fn: (sim: MailSim, client: RawClient) => Promise<void>): void {
  Deno.test(name, async () => {
    await using sim = await startMailSim({ encryption: "none", dripMs: 5, slowMs: 20 });
    await using client = await RawClient.to(sim);
    assert.ok(await client.hears(/^220 .*\r\n/));
    client.say("EHLO client.test\r\n");
    assert.ok(await client.hears(/^250 .*\r\n/m));
    await fn(sim, client);
  });
}

const TEXT = "Message-ID: <one@isp.test>\r\nSubject: Bill\r\n\r\nMay bill ka na\r\n.\r\n";

byHand("commands that are sent together are answered in their order", async (sim, client) => {
  assert.match(client.text, /250-PIPELINING/);
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<550@isp.test>\r\nRCPT TO:<juan@isp.test>\r\nDATA\r\n");
  assert.ok(await client.hears(/250 Accepted\r\n550 5\.1\.1 .*\r\n250 Accepted\r\n354 .*\r\n/));
  client.say(TEXT);
  assert.ok(await client.hears(/354 .*\r\n250 .*\r\n/));
  assert.deepEqual(sim.mailbox.list().map(({ rcptTo }) => rcptTo), [["juan@isp.test"]]);
});

byHand("an answer that drips goes on for ever so slowly, and comes", async (sim, client) => {
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<tarpit@isp.test>\r\n");
  assert.ok(await client.hears(/250-Plea$/), "it comes byte by byte");
  assert.ok(await client.hears(/250-Please wait\r\n250 Accepted\r\n$/));
  client.say(`DATA\r\n`);
  assert.ok(await client.hears(/354/));
  client.say(TEXT);
  assert.ok(await client.hears(/354 .*\r\n250 .*\r\n$/));
  assert.equal(sim.mailbox.taken, 1);
});

byHand("after the whole message it hangs up without an answer, and has it", async (sim, client) => {
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<cut-after-data@isp.test>\r\nDATA\r\n");
  assert.ok(await client.hears(/354/));
  client.say(TEXT);
  assert.equal(await client.hears(/354 .*\r\n\d/), null);
  assert.ok(client.isClosed);
  assert.deepEqual(sim.mailbox.list().map(({ isAnswered, messageId }) => [isAnswered, messageId]), [
    [false, "<one@isp.test>"],
  ]);
  assert.equal(sim.mailbox.timesByMessageId.get("<one@isp.test>"), 1);
});

byHand("before the message it hangs up and has nothing", async (sim, client) => {
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<cut-before-data@isp.test>\r\nDATA\r\n");
  assert.equal(await client.hears(/354/), null);
  assert.ok(client.isClosed);
  assert.equal(sim.mailbox.taken, 0);
});

byHand("a message whose sender dies in the middle is not taken", async (sim, client) => {
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<juan@isp.test>\r\nDATA\r\n");
  assert.ok(await client.hears(/354/));
  client.say(TEXT.slice(0, -3));
  await client[Symbol.asyncDispose]();
  await using next = await RawClient.to(sim);
  assert.ok(await next.hears(/^220/));
  assert.equal(sim.mailbox.taken, 0);
});

byHand("it closes at once while an answer drips and another one waits", async (sim, client) => {
  client.say("MAIL FROM:<a@isp.test>\r\nRCPT TO:<tarpit@isp.test>\r\n");
  assert.ok(await client.hears(/250-P/));
  await sim.close();
  await client.hears(/never said/);
  assert.ok(client.isClosed);
});

const REFUSED = [
  ["450always", [450, 450], "4.2.1"],
  ["451", [451, 250], "4.7.1"],
  ["550", [550, 550], "5.1.1"],
  ["552", [552, 552], "5.2.2"],
  ["full", [452, 452], "4.2.2"],
  ["554", [554, 554], "5.7.1"],
  ["421", [421, 421], "4.3.0"],
  ["slow", [250, 250], ""],
] as const;

for (const [name, codes, status] of REFUSED) {
  Deno.test({
    name: `${name}@ is answered ${codes.join(", then ")}`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await using sim = await startMailSim({ encryption: "none", slowMs: 20 });
      const to = `juan+${name}@isp.test`;
      const answers = [await send(sim, { to }), await send(sim, { to })];
      assert.deepEqual(answers.map(({ responseCode }) => responseCode), codes);
      assert.match(answers[0]?.answer ?? "", new RegExp(RegExp.escape(status)));
      assert.equal(sim.mailbox.taken, codes.filter((code) => code === 250).length);
      assert.match((await send(sim, { to: "maria@isp.test" })).answer, /^250/);
    },
  });
}
