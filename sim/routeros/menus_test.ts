import assert from "node:assert/strict";
import { InProcessRouter } from "./in_process.ts";

function one(router: InProcessRouter, path: string, name: string): Record<string, string> {
  return (router.ask(`${path}/print`).rows ?? []).find((row) => row["name"] === name) ?? {};
}

Deno.test("a secret follows its profile when that is renamed, and prints the bare id when it is gone", () => {
  const router = new InProcessRouter("7.16");
  const { ret = "" } = router.ask("/ppp/profile/add", { name: "fiber-5" });
  router.ask("/ppp/secret/add", { name: "juan", profile: "fiber-5" });
  router.ask("/ppp/profile/set", { numbers: "fiber-5", name: "fiber-6" });
  assert.equal(one(router, "/ppp/secret", "juan")["profile"], "fiber-6");
  assert.equal(
    router.refusal("/ppp/secret/add", { name: "ana", profile: "fiber-5" }),
    "input does not match any value of profile",
  );
  router.ask("/ppp/profile/remove", { numbers: "fiber-6" });
  assert.equal(one(router, "/ppp/secret", "juan")["profile"], ret);
  router.ask("/ppp/profile/add", { name: "fiber-6" });
  assert.equal(one(router, "/ppp/secret", "juan")["profile"], ret, "a namesake is another profile");
  assert.equal(router.refusal("/ppp/secret/set", { numbers: "juan", profile: "fiber-6" }), null);
});

Deno.test("a profile prints *2 where its pool was", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ip/pool/add", { name: "a", ranges: "10.0.0.2-10.0.0.9" });
  router.ask("/ip/pool/add", { name: "b", ranges: "10.0.1.0/24", "next-pool": "a" });
  router.ask("/ppp/profile/add", { name: "ovpn", "remote-address": "b" });
  router.ask("/ip/pool/remove", { numbers: "b" });
  assert.equal(one(router, "/ppp/profile", "ovpn")["remote-address"], "*2");
});

Deno.test("values that no router takes are refused with its text, and change nothing", () => {
  const router = new InProcessRouter("7.21");
  router.ask("/ppp/secret/add", { name: "juan" });
  const before = one(router, "/ppp/secret", "juan");
  const cases: [string, string, string][] = [
    ["disabled", "maybe", "input does not match any value of disabled"],
    ["service", "telepathy", "input does not match any value of service"],
    ["limit-bytes-in", "lots", "invalid value for argument limit-bytes-in"],
    ["local-address", "10.0.0.256", "invalid value for argument local-address"],
    ["name", "", "invalid value for argument name"],
    ["profile", "", "input does not match any value of profile"],
  ];
  for (const [name, text, refusal] of cases) {
    assert.equal(router.refusal("/ppp/secret/set", { numbers: "juan", comment: "x", [name]: text }), refusal);
  }
  assert.deepEqual(one(router, "/ppp/secret", "juan"), before);
  const others: [string, Record<string, string>, string][] = [
    ["/ip/pool/add", { ranges: "10.0.0.1-x" }, "invalid value for argument ranges"],
    [
      "/queue/simple/add",
      { target: "10.0.0.1", "max-limit": "fast" },
      "invalid value for argument max-limit",
    ],
    [
      "/ip/firewall/nat/add",
      { chain: "srcnat", action: "dance" },
      "input does not match any value of action",
    ],
    ["/ip/firewall/address-list/add", { list: "a", timeout: "soon" }, "invalid value for argument timeout"],
    [
      "/ip/service/set",
      { numbers: "api", "max-sessions": "0" },
      "value of max-sessions out of range (1..1000)",
    ],
    [
      "/ip/ssh/set",
      { "forwarding-enabled": "perhaps" },
      "input does not match any value of forwarding-enabled",
    ],
    ["/system/clock/set", { date: "2026-13-01" }, "invalid value for argument date"],
    ["/user/add", { name: "a", group: "none", password: "x" }, "input does not match any value of group"],
    ["/user/group/add", { name: "a", policy: "fly" }, "input does not match any value of policy"],
    ["/ping", { address: "127.0.0.1", count: "two" }, "invalid value for argument count"],
  ];
  for (const [word, given, refusal] of others) assert.equal(router.refusal(word, given), refusal, word);
});

Deno.test("a user may have an empty password, but not none", () => {
  const router = new InProcessRouter("7.21");
  assert.equal(
    router.refusal("/user/add", { name: "a", group: "read" }),
    "missing value(s) of argument(s) password",
  );
  assert.equal(router.refusal("/user/add", { name: "a", group: "read", password: "" }), null);
});

Deno.test("get gives one value, a whole row, or says that there is no such row", () => {
  const router = new InProcessRouter("6.49.10");
  router.ask("/ppp/secret/add", { name: "juan", comment: "Purok 1" });
  assert.equal(router.ask("/ppp/secret/get", { number: "juan", "value-name": "comment" }).ret, "Purok 1");
  assert.match(router.ask("/ppp/secret/get", { ".id": "*1" }).ret ?? "", /^\.id=\*1;.*name=juan;/);
  assert.equal(router.refusal("/ppp/secret/get", { number: "*99" }), "no such item");
  assert.equal(router.ask("/system/identity/get", { "value-name": "name" }).ret, "MikroTik");
});

Deno.test("rules keep their order: place-before, move, and counters that can be reset", () => {
  const router = new InProcessRouter("7.24");
  const add = (comment: string, more = {}) =>
    router.ask("/ip/firewall/nat/add", { chain: "dstnat", comment, ...more }).ret ?? "";
  const last = add("last");
  add("first", { "place-before": last });
  const end = add("end");
  const order = () =>
    (router.ask("/ip/firewall/nat/print").rows ?? []).map((row) => row["comment"]).join(" ");
  assert.equal(order(), "first last end");
  router.ask("/ip/firewall/nat/move", { numbers: end, destination: last });
  assert.equal(order(), "first end last");
  router.world.nat.update(end, { bytes: "500" });
  router.ask("/ip/firewall/nat/reset-counters", { numbers: end });
  assert.equal(router.world.nat.get(end)?.["bytes"], "0");
});

Deno.test("an entry with a timeout is dynamic, and gone after a reboot; a session's entry goes with it", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ip/firewall/address-list/add", { list: "unpaid", address: "10.0.0.1" });
  router.ask("/ip/firewall/address-list/add", { list: "unpaid", address: "10.0.0.2", timeout: "30m" });
  router.ask("/ppp/profile/set", { numbers: "expired", "address-list": "unpaid" });
  router.ask("/ppp/secret/add", { name: "juan", profile: "expired", "remote-address": "10.0.0.3" });
  const session = router.world.openSession("juan", "02:00:00:00:00:01");
  const listed = () =>
    (router.ask("/ip/firewall/address-list/print").rows ?? []).map((row) =>
      `${row["address"]} ${row["dynamic"]}`
    );
  assert.deepEqual(listed(), ["10.0.0.1 false", "10.0.0.2 true", "10.0.0.3 true"]);
  router.world.endSession(session[".id"] ?? "", "nas-request");
  assert.deepEqual(listed(), ["10.0.0.1 false", "10.0.0.2 true"]);
  router.world.boot();
  assert.deepEqual(listed(), ["10.0.0.1 false"]);
});

Deno.test("what a group may not do is refused with one text", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/user/group/add", { name: "agent", policy: "api,read,test" });
  const refused = "not enough permissions (9)";
  assert.equal(router.refusal("/ppp/secret/print", {}, "agent"), null);
  assert.equal(router.refusal("/ping", { address: "127.0.0.1", count: "1" }, "agent"), null);
  assert.equal(router.refusal("/ppp/secret/add", { name: "juan" }, "agent"), refused);
  assert.equal(router.refusal("/user/add", { name: "x", group: "read", password: "x" }, "write"), refused);
  router.ask("/user/group/set", { numbers: "agent", policy: "api,write" });
  assert.equal(router.refusal("/ppp/secret/print", {}, "agent"), refused);
  assert.equal(router.refusal("/ppp/secret/add", { name: "juan" }, "agent"), null);
});

Deno.test("a group prints what it may and what it may not, in the words of its version", () => {
  const policy = (version: string) =>
    one(new InProcessRouter(version), "/user/group", "read")["policy"] ?? "";
  assert.match(policy("6.49.10"), /,tikapp,!ftp,!write,!policy,!dude$/);
  assert.match(policy("7.16"), /,rest-api,!ftp,!write,!policy$/);
});
