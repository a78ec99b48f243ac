import assert from "node:assert/strict";
import { revokeAgent } from "@/web/services/network/revoke_agent.ts";
import { createEnrolmentCode } from "@/web/services/network/create_enrolment_code.ts";
import { assertOk, assertRefused } from "../support/expect.ts";
import { enrol, makeKeys, postEnrol } from "./agent_double.ts";
import { HubWorld, MARIA } from "./hub_world.ts";

Deno.test("a code enrols one agent once, and only public keys are kept", async () => {
  await using world = await HubWorld.start();
  const tenantId = await world.addTenant("north");
  const { siteId, code } = await world.addSite(tenantId, "Ilaya");
  const keys = await makeKeys();

  const first = await enrol(world.port, code, keys);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.site_name, "Ilaya");
  assert.equal(first.body.tenant_name, "ISP north");
  const again = await enrol(world.port, code, keys);
  assert.equal(again.body.agent_id, first.body.agent_id, "a lost answer can be asked for again");
  const other = await enrol(world.port, code, await makeKeys());
  assert.deepEqual([other.status, other.body.code], [403, "code_used"]);

  const agent = await world.inTenant(
    tenantId,
    (trx) => trx.selectFrom("agents").selectAll().executeTakeFirstOrThrow(),
  );
  assert.deepEqual([...agent.identity_public_key], [...keys.identity.publicKey]);
  assertRefused(await createEnrolmentCode(world.context, tenantId, MARIA, { siteId }), "site_has_agent");
  assertOk(await revokeAgent(world.context, tenantId, MARIA, { agentId: agent.id }));
  const { code: next } = assertOk(await createEnrolmentCode(world.context, tenantId, MARIA, { siteId }));
  const replacement = await enrol(world.port, next, await makeKeys());
  assert.equal(replacement.status, 200);
  assert.notEqual(replacement.body.agent_id, agent.id);
});

Deno.test("an old code is refused with what to do", async () => {
  await using world = await HubWorld.start();
  const { code } = await world.addSite(await world.addTenant("north"));
  world.clock.advance({ minutes: 60 });
  const answer = await enrol(world.port, code, await makeKeys());
  assert.deepEqual([answer.status, answer.body.code], [403, "code_expired"]);
  assert.match(String(answer.body.message), /Make a new one on the Sites page/);
});

Deno.test("five wrong secrets void the code for everybody, and the eleventh try of an address waits", async () => {
  await using world = await HubWorld.start();
  const { code } = await world.addSite(await world.addTenant("north"));
  const wrong = `${code.slice(0, 5)}${code.slice(5).split("").reverse().join("")}`;
  const keys = await makeKeys();
  const codes: unknown[] = [];
  for (let i = 0; i < 5; i++) codes.push((await enrol(world.port, wrong, keys)).body.code);
  assert.deepEqual(codes, ["code_wrong", "code_wrong", "code_wrong", "code_wrong", "code_voided"]);
  assert.equal((await enrol(world.port, code, keys)).body.code, "code_voided", "also with the right secret");
  for (let i = 0; i < 4; i++) await postEnrol(world.port, "junk");
  assert.equal((await enrol(world.port, code, keys)).status, 429);
  world.clock.advance({ seconds: 61 });
  assert.equal((await enrol(world.port, code, keys)).status, 403);
});

Deno.test("the tries of a whole IPv6 /64 are one address's tries, those of the next one are not", async () => {
  await using world = await HubWorld.start({ trustProxy: true });
  const tryFrom = async (address: string) =>
    (await postEnrol(world.port, "junk", { "x-forwarded-for": address })).status;
  for (let i = 1; i <= 10; i++) assert.equal(await tryFrom(`2001:db8:7:1::${i}`), 400);
  assert.equal(await tryFrom("2001:db8:7:1:ffff:1:2:3"), 429);
  assert.equal(await tryFrom("[2001:DB8:7:1::99]:4711"), 429, "also as a proxy writes it");
  assert.equal(await tryFrom("2001:db8:7:2::1"), 400);
});

Deno.test("junk, a foreign signature, an unknown code and an over-long body are refused by name", async () => {
  await using world = await HubWorld.start();
  const { code } = await world.addSite(await world.addTenant("north"));
  const keys = await makeKeys();
  assert.equal((await postEnrol(world.port, "not json")).body.code, "bad_request");
  assert.equal((await postEnrol(world.port, `"${"x".repeat(9_000)}"`)).status, 413);
  assert.equal((await enrol(world.port, "hello", keys)).body.code, "code_malformed");
  assert.equal((await enrol(world.port, "ZZZZ-0000000000000000", keys)).body.code, "code_wrong");
  const forged = {
    ...keys,
    identity: { ...keys.identity, privateKey: (await makeKeys()).identity.privateKey },
  };
  assert.equal((await enrol(world.port, code, forged)).body.code, "bad_signature");
});

Deno.test("a code enrols at its own tenant and site, whoever uses it", async () => {
  await using world = await HubWorld.start();
  const north = await world.addTenant("north");
  const south = await world.addTenant("south");
  await world.addSite(north);
  const { code, siteId } = await world.addSite(south);
  assert.equal((await enrol(world.port, code, await makeKeys())).status, 200);
  const count = (tenantId: string) =>
    world.inTenant(tenantId, (trx) => trx.selectFrom("agents").select("site_id").execute());
  assert.deepEqual(await count(north), []);
  assert.deepEqual(await count(south), [{ site_id: siteId }]);
  assertRefused(await createEnrolmentCode(world.context, north, MARIA, { siteId }), "site_not_found");
});
