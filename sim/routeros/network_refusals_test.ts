import assert from "node:assert/strict";
import { InProcessRouter } from "./mod.ts";

type Ask = readonly [word: string, attributes: Record<string, string>, refusal: string | null];

function judge(router: InProcessRouter, asks: readonly Ask[]): void {
  for (const [word, attributes, refusal] of asks) {
    assert.equal(router.refusal(word, attributes), refusal, `${word} ${JSON.stringify(attributes)}`);
  }
}

const bad = (name: string) => `invalid value for argument ${name}`;
const unmatched = (name: string) => `input does not match any value of ${name}`;

Deno.test("a queue is for addresses, networks and interfaces that there are", () => {
  const router = new InProcessRouter("7.16");
  const add = (target: string, refusal: string | null): Ask => ["/queue/simple/add", { target }, refusal];
  judge(router, [
    add("bogus$", unmatched("target")),
    add("10.0.0.1,bogus", unmatched("target")),
    add("10.0.0.0/33", unmatched("target")),
    add("10.0.0.7,ether1", null),
    add("2001:db8::/64", null),
    add("*1", null),
    ["/queue/simple/add", { target: "ether1", dst: "nowhere" }, unmatched("dst")],
    ["/queue/simple/add", { target: "ether1", priority: "9" }, "value of priority out of range (1..8)"],
    ["/queue/simple/add", { target: "ether1", queue: "default/fast" }, unmatched("queue")],
    ["/queue/simple/add", { target: "ether1", "burst-time": "soon" }, bad("burst-time")],
    ["/queue/simple/add", { target: "ether1", "max-limit": "1M/2M/3M" }, bad("max-limit")],
    ["/queue/simple/add", { target: "ether1", "total-max-limit": "fast" }, bad("total-max-limit")],
  ]);
  const targets = (router.ask("/queue/simple/print").rows ?? []).map((row) => row["target"]);
  assert.deepEqual(targets, ["10.0.0.7/32,ether1", "2001:db8::/64", "ether1"]);
});

Deno.test("nothing is its own parent, by way of others neither, and nothing is changed by trying", () => {
  const router = new InProcessRouter("7.16");
  for (const name of ["a", "b", "c"]) {
    router.ask("/queue/simple/add", { name, target: "ether1" });
    router.ask("/ip/pool/add", { name, ranges: "10.0.0.1-10.0.0.9" });
  }
  for (const [menu, field] of [["/queue/simple", "parent"], ["/ip/pool", "next-pool"]] as const) {
    const set = (numbers: string, to: string, refusal: string | null): Ask => [
      `${menu}/set`,
      { numbers, [field]: to },
      refusal,
    ];
    judge(router, [
      set("a", "a", bad(field)),
      set("a", "b", null),
      set("b", "c", null),
      set("c", "a", bad(field)),
      set("b,c", "c", bad(field)),
      set("c", "none", null),
    ]);
    const printed = (router.ask(`${menu}/print`).rows ?? []).map((row) => row[field]);
    assert.deepEqual(printed, ["b", "c", "none"]);
  }
});

Deno.test("a range goes upwards, and is one of addresses of one kind", () => {
  const router = new InProcessRouter("7.16");
  const pool = (ranges: string, refusal: string | null): Ask => ["/ip/pool/add", { ranges }, refusal];
  judge(router, [
    pool("10.0.0.9-10.0.0.1", bad("ranges")),
    pool("10.0.0.1-10.0.0.5,10.0.0.9-10.0.0.8", bad("ranges")),
    pool("10.0.0.1-2001:db8::1", bad("ranges")),
    pool("10.0.0.1-10.0.0.2-10.0.0.3", bad("ranges")),
    pool("10.0.0.0/255.0.255.0", bad("ranges")),
    pool("10.0.0.1,", bad("ranges")),
    pool("10.0.0.5-10.0.0.5,10.0.1.0/24,10.0.2.0/255.255.255.0", null),
  ]);
  assert.equal(
    router.ask("/ip/pool/print").rows?.[0]?.["ranges"],
    "10.0.0.5-10.0.0.5,10.0.1.0/24,10.0.2.0/24",
  );
});

Deno.test("a list holds addresses of IPv4 and names, for a time that a router can count", () => {
  const router = new InProcessRouter("7.16");
  const add = (more: Record<string, string>, refusal: string | null): Ask => [
    "/ip/firewall/address-list/add",
    { list: "unpaid", address: "10.0.0.1", ...more },
    refusal,
  ];
  judge(router, [
    add({ timeout: "35w3d13h13m57s" }, "value of timeout out of range (0s..35w3d13h13m56s)"),
    add({ timeout: "-5m" }, bad("timeout")),
    add({ address: "2001:db8::1" }, bad("address")),
    add({ address: "10.0.0.9-10.0.0.1" }, bad("address")),
    add({ timeout: "35w3d13h13m56s" }, null),
  ]);
});

Deno.test("a rule translates to addresses and ports that there can be", () => {
  const router = new InProcessRouter("7.16");
  const add = (more: Record<string, string>, refusal: string | null): Ask => [
    "/ip/firewall/nat/add",
    { chain: "dstnat", action: "dst-nat", ...more },
    refusal,
  ];
  const range = (name: string) => `value of ${name} out of range (0..65535)`;
  judge(router, [
    ["/ip/firewall/nat/add", { action: "masquerade" }, "missing value(s) of argument(s) chain"],
    add({ chain: "" }, "missing value(s) of argument(s) chain"),
    add({ action: "teleport" }, unmatched("action")),
    add({ "to-ports": "65536" }, range("to-ports")),
    add({ "to-ports": "90-80" }, bad("to-ports")),
    add({ "to-ports": "80,81" }, bad("to-ports")),
    add({ "to-ports": "!80" }, bad("to-ports")),
    add({ "dst-port": "80,90-70000" }, range("dst-port")),
    add({ "dst-port": "1-2-3" }, bad("dst-port")),
    add({ "to-addresses": "10.0.0.1,10.0.0.2" }, bad("to-addresses")),
    add({ "to-addresses": "router" }, bad("to-addresses")),
    add({ "src-address": "10.0.0.0/40" }, bad("src-address")),
    add({ protocol: "carrier-pigeon" }, unmatched("protocol")),
    add({ "in-interface": "ether9" }, unmatched("in-interface")),
    add({ "src-mac-address": "02:00:00" }, bad("src-mac-address")),
    add({ fragment: "perhaps" }, unmatched("fragment")),
    add({ dscp: "64" }, "value of dscp out of range (0..63)"),
    add({ "in-interface": "!ether1", "out-interface": "all-ppp", dscp: "!0" }, null),
    add({ protocol: "256" }, "value of protocol out of range (0..255)"),
    add({
      protocol: "!tcp",
      "src-address": "!10.0.0.0/8",
      "dst-port": "!80,443,8000-8100",
      "to-ports": "0-65535",
      "to-addresses": "10.0.0.1-10.0.0.9",
    }, null),
  ]);
});

Deno.test("a service listens somewhere and for networks", () => {
  const router = new InProcessRouter("7.16");
  const set = (name: string, text: string, refusal: string | null): Ask => [
    "/ip/service/set",
    { numbers: "api", [name]: text },
    refusal,
  ];
  judge(router, [
    set("port", "", bad("port")),
    set("port", "0", "value of port out of range (1..65535)"),
    set("port", "api", bad("port")),
    set("address", "10.0.0.1-10.0.0.9", bad("address")),
    set("address", "10.0.0.0/33", bad("address")),
    set("address", "2001:db8::/129", bad("address")),
    set("address", "10.0.0.0/8,2001:db8:fade::/64", null),
    set("address", "", null),
  ]);
});

Deno.test("a route leads to an address or by an interface", () => {
  const router = new InProcessRouter("7.16");
  const add = (gateway: string, refusal: string | null): Ask => [
    "/ip/route/add",
    { "dst-address": "10.9.0.0/16", gateway },
    refusal,
  ];
  judge(router, [
    add("bogus$", unmatched("gateway")),
    add("10.0.0.256", unmatched("gateway")),
    add("10.0.0.1,10.0.0.2%ether1,ether1", null),
    ["/ip/route/add", { gateway: "ether1", "dst-address": "10.0.0.1-10.0.0.2" }, bad("dst-address")],
    ["/ip/route/add", { gateway: "ether1", "pref-src": "me" }, bad("pref-src")],
  ]);
});

Deno.test("a profile limits to rates, and gives addresses of a pool that there is", () => {
  const router = new InProcessRouter("7.21");
  router.ask("/ip/pool/add", { name: "homes", ranges: "10.0.0.2-10.0.0.9" });
  const set = (name: string, text: string, refusal: string | null): Ask => [
    "/ppp/profile/set",
    { numbers: "expired", [name]: text },
    refusal,
  ];
  const junk = ["junk", "1M/1M junk", "1M/1M 2M/2M 1M/1M soon", "1M 2M 1M 8 8 1M 1M", "1M/2M/3M", "1M/"];
  judge(router, [
    ...junk.map((text) => set("rate-limit", text, bad("rate-limit"))),
    set("rate-limit", "1M 2M 1M 8 9", "value of rate-limit out of range (1..8)"),
    set("rate-limit", "1M/2M 2M/4M 1M/2M 8/10s 8 512k/1M", null),
    set("local-address", "nowhere", bad("local-address")),
    set("remote-address", "10.0.0.1/24", bad("remote-address")),
    set("remote-address", "homes", null),
    set("dns-server", "8.8.8.8-8.8.8.9", bad("dns-server")),
    set("dns-server", "8.8.8.8,1.1.1.1", null),
    set("queue-type", "fast", unmatched("queue-type")),
    set("insert-queue-before", "nothing", unmatched("insert-queue-before")),
    set("insert-queue-before", "first", null),
    set("bridge-port-vid", "4095", "value of bridge-port-vid out of range (1..4094)"),
    set("parent-queue", "nothing", unmatched("parent-queue")),
  ]);
  router.ask("/ppp/secret/add", { name: "juan", profile: "expired" });
  router.world.openSession("juan", "02:00:00:00:00:01");
  const [queue] = router.ask("/queue/simple/print").rows ?? [];
  assert.equal(queue?.["burst-time"], "8s/10s");
});

Deno.test("an account has an address or a pool, and counts bytes of 64 bits; who calls is any text", () => {
  const router = new InProcessRouter("7.16");
  router.ask("/ppp/secret/add", { name: "juan" });
  const set = (name: string, text: string, refusal: string | null): Ask => [
    "/ppp/secret/set",
    { numbers: "juan", [name]: text },
    refusal,
  ];
  const range = "value of limit-bytes-in out of range (0..18446744073709551615)";
  judge(router, [
    set("remote-address", "somewhere", bad("remote-address")),
    set("remote-address", "10.0.0.1-10.0.0.2", bad("remote-address")),
    set("remote-ipv6-prefix", "10.0.0.0/8", bad("remote-ipv6-prefix")),
    set("remote-ipv6-prefix", "2001:::/64", bad("remote-ipv6-prefix")),
    set("remote-ipv6-prefix", "2001:db8::/64", null),
    set("limit-bytes-in", "-1", range),
    set("limit-bytes-in", "18446744073709551616", range),
    set("limit-bytes-in", "99999999999G", range),
    set("limit-bytes-in", "18446744073709551615", null),
    set("caller-id", "02:00:00:00:00:01", null),
    set("caller-id", "203.0.113.4", null),
  ]);
});
