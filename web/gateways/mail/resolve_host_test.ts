import assert from "node:assert/strict";
import { resolveHost } from "./resolve_host.ts";

Deno.test("in the demo no address but this machine's own is dialled, and no port but its mail server's", async () => {
  const demo = { reach: "loopback", ports: [40_123] } as const;
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost"]) {
    assert.equal((await resolveHost({ host, port: 40_123, ...demo })).ok, true, host);
    for (const port of [22, 25, 587, 5432]) {
      const resolved = await resolveHost({ host, port, ...demo });
      assert.equal(resolved.ok ? null : resolved.failure.problem, "address_not_allowed", `${host} ${port}`);
    }
  }
  const unknown = await resolveHost({ host: "127.0.0.1", port: 40_123, reach: "loopback" });
  assert.equal(unknown.ok, false, "which port it is was not said");
  for (
    const host of ["192.168.1.10", "10.0.0.1", "0.0.0.0", "::", "142.250.4.109", "::ffff:10.0.0.1", "fe80::1"]
  ) {
    const resolved = await resolveHost({ host, port: 587, reach: "loopback", ports: [587] });
    assert.deepEqual(resolved, {
      ok: false,
      failure: {
        problem: "address_not_allowed",
        words: `${host} is another machine, and mail of the demo does not leave this one`,
        code: null,
        status: null,
      },
    });
  }
});

Deno.test("an installation for many dials neither its own networks nor other ports; one's own dials both", async () => {
  for (const [host, port] of [["127.0.0.1", 587], ["10.0.0.1", 587], ["142.250.4.109", 6379]] as const) {
    assert.equal((await resolveHost({ host, port, reach: "public" })).ok, false, host);
    assert.equal((await resolveHost({ host, port, reach: "anywhere" })).ok, true, host);
  }
});
