import assert from "node:assert/strict";
import { InProcessRouter } from "./mod.ts";

function refusals(router: InProcessRouter, asks: readonly [string, Record<string, string>][]): string[] {
  return asks.map(([word, attributes]) => router.refusal(word, attributes) ?? "taken");
}

Deno.test("what a row cannot be without is not taken away from it", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ppp/secret/add", { name: "juan" });
  const said = refusals(router, [
    ["/ppp/secret/unset", { numbers: "juan", "value-name": "name" }],
    ["/ppp/secret/reset", { numbers: "juan", name: "" }],
    ["/ppp/secret/unset", { numbers: "juan" }],
    ["/ip/firewall/nat/get", {}],
  ]);
  assert.deepEqual(said.slice(0, 3), [
    "input does not match any value of value-name",
    "input does not match any value of value-name",
    "missing value(s) of argument(s) value-name",
  ]);
  assert.equal(router.ask("/ppp/secret/print").rows?.[0]?.["name"], "juan");
});

Deno.test("get without a number names none of the rows, whether they have names or not", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ip/firewall/nat/add", { chain: "srcnat" });
  for (const menu of ["/ip/firewall/nat", "/ppp/profile"]) {
    assert.equal(router.refusal(`${menu}/get`), "missing value(s) of argument(s) number");
  }
});

Deno.test("a rule before one that is not there is refused and not made", () => {
  const router = new InProcessRouter("7.16");
  const rule = { chain: "srcnat", "place-before": "*77" };
  assert.equal(router.refusal("/ip/firewall/nat/add", rule), "no such item");
  assert.deepEqual(router.ask("/ip/firewall/nat/print").rows, []);
});

Deno.test("the profiles that every router has stay, also beside one that may go", () => {
  for (const version of ["6.49", "7.24"]) {
    const router = new InProcessRouter(version);
    for (const numbers of ["default", "*0", "default-encryption", "*FFFFFFFE", "expired,default"]) {
      assert.equal(router.refusal("/ppp/profile/remove", { numbers }), "can not remove default profile");
    }
    const names = (router.ask("/ppp/profile/print").rows ?? []).map((row) => row["name"]);
    assert.ok(names.includes("default") && names.includes("expired"));
  }
});

Deno.test("a folder of menus has no commands; what is no folder at all is said to be none", () => {
  const router = new InProcessRouter("7.16");
  for (const word of ["/ppp/print", "/ppp/secret", "/ip/firewall/add", "/ppp"]) {
    assert.deepEqual(router.ask(word).traps, [{ category: 0, message: "no such command" }], word);
  }
  assert.equal(router.ask("/pp/print").traps?.[1]?.message, "no such command prefix");
});

Deno.test("a single address of a list prints without its length, and is one entry either way", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ip/firewall/address-list/add", { list: "unpaid", address: "10.0.0.7/32" });
  assert.equal(router.ask("/ip/firewall/address-list/print").rows?.[0]?.["address"], "10.0.0.7");
  const again = { list: "unpaid", address: "10.0.0.7" };
  assert.equal(router.refusal("/ip/firewall/address-list/add", again), "failure: already have such entry");
});

Deno.test("a version is printed as routers print it, whatever way it was asked for", () => {
  const printed = ["v6.45.9", " 7.16\n", "7.21beta2", "7.20rc1", "7.22.1 (long-term)", "7.100.3"].map((
    text,
  ) => new InProcessRouter(text).ask("/system/resource/print").rows?.[0]?.["version"]);
  assert.deepEqual(printed, [
    "6.45.9 (stable)",
    "7.16 (stable)",
    "7.21beta2 (testing)",
    "7.20rc1 (testing)",
    "7.22.1 (long-term)",
    "7.100.3 (stable)",
  ]);
});

Deno.test("the log says who changed which secret", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ppp/secret/add", { name: "juan" });
  router.ask("/ppp/secret/set", { numbers: "juan", disabled: "yes" });
  router.ask("/ppp/secret/set", { numbers: "nobody", disabled: "yes" });
  router.ask("/ppp/secret/remove", { numbers: "juan" });
  router.ask("/ppp/secret/print");
  const lines = (router.ask("/log/print").rows ?? []).map(({ topics, message }) => `${topics} ${message}`);
  assert.deepEqual(lines, [
    "system,info ppp secret <juan> added by admin",
    "system,info ppp secret <juan> changed by admin",
    "system,info ppp secret <juan> removed by admin",
  ]);
});

Deno.test("a session belongs to a secret of its service, not to a namesake of another", () => {
  const router = new InProcessRouter("7.16");
  const secrets = { l2tp: "10.0.0.1", pppoe: "10.0.0.2" };
  for (const [service, address] of Object.entries(secrets)) {
    router.ask("/ppp/secret/add", { name: "juan", service, "remote-address": address });
  }
  const session = router.world.openSession("juan", "02:00:00:00:00:01");
  assert.equal(session["address"], "10.0.0.2");
  router.ask("/ppp/active/remove", { numbers: session[".id"] ?? "" });
  const reasons = (router.ask("/ppp/secret/print").rows ?? []).map((row) => row["last-disconnect-reason"]);
  assert.deepEqual(reasons, [undefined, "nas-request"]);
  const tunnel = router.world.openSession("juan", "203.0.113.4", "l2tp");
  assert.deepEqual([tunnel["service"], tunnel["address"]], ["l2tp", "10.0.0.1"]);
  const names = (router.ask("/interface/print").rows ?? []).map((row) => row["name"]);
  assert.deepEqual(names, ["ether1", "<l2tp-juan>"]);
});
