import assert from "node:assert/strict";
import { parseVersion } from "@/shared/routeros/mod.ts";
import { commandTableOf } from "./mod.ts";
import { namesIn, parseDatedName } from "./notation.ts";

function version(text: string) {
  const parsed = parseVersion(text);
  assert.ok(parsed !== null);
  return parsed;
}

Deno.test("a dated name is there from its first release until the first that lacks it", () => {
  const list = "name vrf>=7 tls-host<7.16 follow>=7.9<7.16";
  assert.deepEqual([...namesIn(version("6.49.10"), list)], ["name", "tls-host"]);
  assert.deepEqual([...namesIn(version("7.9"), list)], ["name", "vrf", "tls-host", "follow"]);
  assert.deepEqual([...namesIn(version("7.15.3"), list)], ["name", "vrf", "tls-host", "follow"]);
  assert.deepEqual([...namesIn(version("7.16rc1"), list)], ["name", "vrf"]);
  assert.throws(() => parseDatedName("name>7"), /not a dated name/);
});

Deno.test("versions without a listing of their own have the table of the release they follow", () => {
  const set = (text: string) => commandTableOf(version(text)).get("/ip/service")?.get("set");
  assert.equal(set("7.0.5")?.has("vrf"), true, "the releases before 7.9 are taken as 7.9");
  assert.equal(set("6.45.9")?.has("vrf"), false);
  assert.equal(set("7.23")?.has("available-from"), false);
  assert.equal(
    set("8.1 (development)")?.has("available-from"),
    true,
    "a release to come can do what the newest can",
  );
});

Deno.test("every menu that print serves has a table in every version", () => {
  for (const text of ["6.45", "6.49", "7.9", "7.10", "7.13", "7.16", "7.18", "7.21", "7.23", "7.24"]) {
    for (const [path, verbs] of commandTableOf(version(text))) {
      assert.ok(verbs.size > 0, `${text} ${path}`);
      if (path.split("/").length > 2 && path !== "/tool") assert.ok(verbs.has("print"), `${text} ${path}`);
    }
  }
});
