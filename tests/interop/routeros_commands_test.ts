import assert from "node:assert/strict";
import { and, eq, gt, has, lt, not, notHas, or, type Query, TrapError } from "@/shared/routeros/mod.ts";
import { until } from "@/tests/support/until.ts";
import { outcome, secret, withSession } from "./support.ts";

const SECRETS = [
  secret("juan", { comment: "Purok 1", remoteAddress: "10.0.0.2" }),
  secret("ana", { profile: "fiber-50", disabled: true }),
  secret("niño", { profile: "fiber-50", comment: "Purok 2" }),
];

Deno.test("queries choose the rows that RouterOS would choose", async () => {
  await withSession({ secrets: SECRETS }, async (session) => {
    const named = async (query: Query) => {
      const { rows } = await session.call("/ppp/secret/print", {}, { query, proplist: ["name"] });
      return rows.map((row) => row["name"]).join(" ");
    };
    assert.equal(await named(eq("name", "niño")), "niño");
    assert.equal(await named(has("comment")), "juan niño");
    assert.equal(await named(notHas("comment")), "ana");
    assert.equal(await named(eq("comment", "")), "", "a comment that was never set does not equal nothing");
    assert.equal(await named(eq("disabled", true)), "ana");
    assert.equal(await named(eq("disabled", "yes")), "ana");
    assert.equal(await named(eq(".id", "*2")), "ana");
    assert.equal(await named(and(eq("profile", "fiber-50"), has("comment"))), "niño");
    assert.equal(await named(or(eq("name", "juan"), eq("name", "ana"))), "juan ana");
    assert.equal(await named(not(or(eq("name", "juan"), eq("name", "ana")))), "niño");
    assert.equal(await named(or(and(eq("name", "juan"), has("comment")), not(has("comment")))), "juan ana");
    assert.equal(await named(gt("name", "juan")), "niño");
    assert.equal(await named(lt("name", "juan")), "ana");
  });
});

Deno.test("a proplist gives the wanted fields in the wanted order, and bare rows when there are none", async () => {
  await withSession({ secrets: SECRETS }, async (session) => {
    const fields = await session.call("/ppp/secret/print", {}, { proplist: ["comment", "name"] });
    assert.deepEqual(fields.rows.map((row) => Object.keys(row)), [["comment", "name"], ["name"], [
      "comment",
      "name",
    ]]);
    const none = await session.call("/ppp/secret/print", {}, { proplist: ["no-such-field"] });
    assert.deepEqual(none.rows, [{}, {}, {}]);
  });
});

Deno.test("no row is !empty from 7.18 and only done before", async () => {
  for (const [version, empty] of [["6.49.10", false], ["7.17.2", false], ["7.18", true]] as const) {
    await withSession({ version }, async (session) => {
      const result = await session.call("/ppp/active/print");
      assert.deepEqual(result, { rows: [], ret: null, empty }, version);
    });
  }
});

Deno.test("refusals carry the router's text and their kind", async () => {
  await withSession({ secrets: SECRETS, routerboard: false }, async (session) => {
    const cases: [string, Record<string, string>, string, RegExp][] = [
      ["/ppp/secret/set", { ".id": "*99", disabled: "yes" }, "NoSuchItem", /no such item/],
      ["/ppp/secret/set", { numbers: "juan", profile: "gold" }, "BadValue", /any value of profile/],
      ["/ppp/secret/set", { numbers: "juan", colour: "red" }, "UnknownParameter", /unknown parameter/],
      ["/ppp/secret/add", { name: "juan" }, "AlreadyExists", /secret with the same name already exists/],
      ["/ppp/secret/add", { profile: "default" }, "BadValue", /missing value\(s\) of argument\(s\) name/],
      [
        "/ppp/secret/add",
        { name: "x", "remote-address": "10.0.0.999" },
        "BadValue",
        /argument remote-address/,
      ],
      ["/ppp/secret/frobnicate", {}, "NoSuchCommand", /no such command/],
      ["/ppp/active/set", { numbers: "*1" }, "NoSuchCommand", /no such command/],
      ["/ppp/active/remove", { ".id": "*80000099" }, "NoSuchItem", /no such item/],
      ["/system/routerboard/print", {}, "NoSuchCommand", /\(routerboard\).*no such command prefix/],
    ];
    for (const [command, attributes, kind, text] of cases) {
      const error = await outcome(session.call(command, attributes));
      assert.ok(error instanceof TrapError, command);
      assert.equal(error.kind, kind, command);
      assert.match(error.message, text);
    }
    assert.ok(session.isOpen);
  });
});

Deno.test("rows are addressed by id, by name and by lists of both", async () => {
  await withSession({ secrets: SECRETS }, async (session, sim) => {
    await session.call("/ppp/secret/disable", { numbers: "*1,niño" });
    assert.deepEqual(SECRETS.map((one) => sim.isDisabled(one.name)), [true, true, true]);
    await session.call("/ppp/secret/enable", { ".id": "*1" });
    assert.equal(sim.isDisabled("juan"), false);
  });
});

Deno.test("an added secret has its id in ret, can be unset and removed, and its id is not given again", async () => {
  await withSession({ secrets: SECRETS }, async (session, sim) => {
    const first = await session.call("/ppp/secret/add", { name: "new", comment: "x", service: "pppoe" });
    assert.equal(first.ret, "*4");
    await session.call("/ppp/secret/unset", { numbers: "*4", "value-name": "comment" });
    assert.equal(sim.world.secrets.get("*4")?.["comment"], undefined);
    await session.call("/ppp/secret/remove", { numbers: "new" });
    assert.equal((await session.call("/ppp/secret/add", { name: "new" })).ret, "*5");
  });
});

Deno.test("passwords print only for who may see them", async () => {
  await withSession({ secrets: SECRETS }, async (session) => {
    const { rows } = await session.call("/ppp/secret/print");
    assert.equal(rows[0]?.["password"], "pw-of-juan");
  });
  const users = [{ name: "admin", password: "admin", group: "api,read" }];
  await withSession({ secrets: SECRETS, users }, async (session) => {
    const { rows } = await session.call("/ppp/secret/print");
    assert.ok(!JSON.stringify(rows).includes("pw-of-"));
  });
});

Deno.test("dates print in the form of the version", async () => {
  for (
    const [version, form] of [["7.9", /^[a-z]{3}\/\d\d\/\d{4}$/], ["7.10", /^\d{4}-\d\d-\d\d$/]] as const
  ) {
    await withSession({ version }, async (session) => {
      const { rows } = await session.call("/system/clock/print");
      assert.match(rows[0]?.["date"] ?? "", form);
    });
  }
});

Deno.test("a listen tells changes and removals until it is cancelled", async () => {
  await withSession({ secrets: SECRETS, redialMs: 60_000 }, async (session, sim) => {
    const seen: string[] = [];
    const controller = new AbortController();
    const changes = session.listen("/ppp/active/listen", {
      proplist: [".id", "name"],
      signal: controller.signal,
    });
    const listening = (async () => {
      for await (const { row, isRemoved } of changes) {
        seen.push(isRemoved ? `-${row[".id"]}` : `+${row["name"]}`);
      }
    })();
    await until(() => sim.log.some(({ words }) => words[0] === "/ppp/active/listen"));
    const row = sim.world.openSession("ana", "02:00:00:00:00:05");
    sim.world.endSession(row[".id"] ?? "", "peer-request");
    await until(() => seen.length === 2);
    assert.deepEqual(seen, ["+ana", `-${row[".id"]}`]);
    controller.abort();
    await listening;
    await until(() => sim.counters.inFlight === 0);
    assert.ok(session.isOpen);
  });
});

Deno.test("a dialing subscriber has an interface with counters", async () => {
  await withSession({ secrets: SECRETS }, async (session) => {
    const { rows } = await session.call("/interface/print", {}, { query: eq("type", "pppoe-in") });
    assert.deepEqual(rows.map((row) => row["name"]), ["<pppoe-juan>", "<pppoe-niño>"]);
  });
});
