import assert from "node:assert/strict";
import { TrapError } from "@/shared/routeros/mod.ts";
import { FakePort } from "./fake_port_test_support.ts";
import { watchPort } from "./watched_port.ts";

function refusalOf(command: string): TrapError {
  return new TrapError(command, [{ category: null, message: "not enough permissions (9)" }]);
}

/** A watched port, what was noticed of it, and what its writes are answered with. */
function watched(port: FakePort) {
  const noticed: string[] = [];
  const held: { error: TrapError | null } = { error: null };
  const router = watchPort(port, {
    onRead: () => noticed.push("read"),
    onWriteRefused: (error) => noticed.push(`refused ${error.command}`),
    heldWrite: () => held.error,
  });
  return { router, noticed, held };
}

Deno.test("a router counts as read when both accounts and sessions were", async () => {
  const port = new FakePort(new Map([["ana", true]]));
  const { router, noticed } = watched(port);
  await router.listSecrets();
  assert.deepEqual(noticed, []);
  port.listActive = () => Promise.reject(refusalOf("/ppp/active/print"));
  await assert.rejects(router.listActive(), TrapError);
  assert.deepEqual(noticed, [], "a read that is refused says nothing of writing");
  port.listActive = () => Promise.resolve([]);
  await router.listActive();
  assert.deepEqual(noticed, ["read"]);
});

Deno.test("a refused write is noticed, and while writes are held none reaches the router", async () => {
  const port = new FakePort(new Map([["ana", true]]));
  const { router, noticed, held } = watched(port);
  const write = port.setDisabled;
  port.setDisabled = () => Promise.reject(refusalOf("/ppp/secret/set"));
  await assert.rejects(router.setDisabled(["ana"], false), TrapError);
  assert.deepEqual(noticed, ["refused /ppp/secret/set"]);
  port.setDisabled = write;
  held.error = refusalOf("/ppp/secret/set");
  for (
    const call of [
      () => router.setDisabled(["ana"], false),
      () => router.moveToProfile([{ account: "ana", ids: ["*1"] }], "p"),
      () => router.kick(["ana"]),
      () => router.setSecret("*1", { password: "x", comment: "" }),
    ]
  ) await assert.rejects(call(), held.error);
  assert.deepEqual(port.writes, []);
  assert.equal((await router.listSecrets()).length, 1, "reads go on");
  assert.deepEqual(await router.listDefaultRoutes(), []);
  assert.deepEqual(await router.listLog(), []);
  assert.deepEqual(await router.listProfiles(), [{ name: "p", rateLimit: null }]);
  held.error = null;
  await router.setDisabled(["ana"], false);
  assert.deepEqual(port.writes, ["enable ana"]);
});
