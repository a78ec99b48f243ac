import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import {
  assertHeaders,
  assertInert,
  assertNothingOfOurs,
  assertRole,
  fingerprint,
  plant,
  plausible,
  rawGet,
} from "./_hostile.ts";
import { addressOf, fillPages, listIds, listPages } from "./_pages.ts";
import { hire, hireNeighbour } from "./_people.ts";
import { Visitor } from "./_visitor.ts";

const ROUTE_TABLE = await loadRouteTable();

const GUARDED = ROUTE_TABLE.filter(({ permission }) => permission !== "public" && permission !== "setup");
const EVIL = "https://evil.example";

Deno.test("strangers, neighbours, colleagues and their browsers get nothing that is not theirs", async (t) => {
  await using provider = await TestStack.start({ secrets: 10 });
  await fillPages(provider);
  const ids = await listIds(provider);
  const base = provider.stack.url;
  const owner = await Visitor.signIn(base, TEST_OWNER);
  const stranger = new Visitor(base);
  const neighbour = await hireNeighbour(provider);
  const books = await fingerprint(provider);
  const unchanged = async () => assert.deepEqual(await fingerprint(provider), books);

  await t.step("nobody without a session gets past any route", async () => {
    for (const entry of GUARDED) {
      const path = addressOf(entry.pattern, ids);
      const answer = entry.method === "GET"
        ? await stranger.get(path)
        : await stranger.post(path, plausible(ids));
      assert.equal(answer.status, 303, `${entry.method} ${path}`);
      assert.match(answer.location, /^\/login(\?next=|$)/, `${entry.method} ${path}`);
    }
    await unchanged();
  });

  await t.step("a role opens what its permissions name; everything else does not exist", async () => {
    for (const role of ["Cashier", "Read-only"]) {
      const person = await hire(provider, provider.tenantId, role);
      const _csrf = await person.token("/admin/subscribers");
      assert.notEqual(_csrf, "");
      for (const entry of GUARDED) {
        await assertRole(person, role, entry, addressOf(entry.pattern, ids), _csrf);
      }
    }
    await unchanged();
  });

  await t.step("another tenant's owner finds none of our ids, on any route, in any field", async () => {
    const _csrf = await neighbour.token();
    for (const entry of GUARDED.filter(({ pattern }) => pattern.includes(":id"))) {
      const path = addressOf(entry.pattern, ids);
      const answer = entry.method === "GET"
        ? await neighbour.get(path)
        : await neighbour.post(path, { ...plausible(ids), _csrf });
      const isLedBack = answer.status === 303 && entry.method === "GET" && /^Leads /.test(entry.summary);
      assert.ok(answer.status === 404 || isLedBack, `${entry.method} ${path}: ${answer.status}`);
      assertNothingOfOurs(answer.html, path);
    }
    for (
      const path of ["/admin/tonight/run", "/admin/tonight/approve", "/admin/payments/new", "/admin/import"]
    ) {
      const answer = await neighbour.post(path, { ...plausible(ids), _csrf });
      assert.ok(answer.status === 404 || answer.status === 422, `POST ${path}: ${answer.status}`);
      assertNothingOfOurs(answer.html, path);
    }
    const filters = [
      `/admin/subscribers?site=${ids.get("sites")}`,
      `/admin/subscribers?router=${ids.get("routers")}`,
      `/admin/bills?subscriber=${ids.get("subscribers")}`,
      `/admin/payments?subscriber=${ids.get("subscribers")}`,
      `/admin/payments/new?subscriber=${ids.get("subscribers")}`,
      `/admin/tonight/run?run=${ids.get("runs")}`,
      `/admin/tonight?site=${ids.get("sites")}`,
      "/admin/subscribers.csv",
    ];
    for (const path of filters) {
      const answer = await neighbour.get(path);
      assert.ok(answer.status === 200 || answer.status === 404, `${path}: ${answer.status}`);
      assertNothingOfOurs(answer.html, path);
    }
    await unchanged();
  });

  await t.step("a form without its token, with another one or from another site is refused", async () => {
    const foreign = await neighbour.token();
    const own = await owner.token();
    for (const entry of GUARDED.filter(({ method }) => method === "POST")) {
      const path = addressOf(entry.pattern, ids);
      for (const _csrf of ["", "x", foreign, own.slice(0, -2)]) {
        const answer = await owner.post(path, { ...plausible(ids), _csrf });
        assert.equal(answer.status, 403, `POST ${path} with token "${_csrf}"`);
      }
      const form = { ...plausible(ids), _csrf: own };
      for (const headers of [{ origin: EVIL }, { origin: "null" }, { "sec-fetch-site": "cross-site" }]) {
        assert.equal(
          (await owner.post(path, form, headers as Record<string, string>)).status,
          403,
          `POST ${path} ${JSON.stringify(headers)}`,
        );
      }
    }
    await unchanged();
  });

  await t.step("bodies that are too long, of another kind or mangled are refused", async () => {
    const origin = base;
    const form = "application/x-www-form-urlencoded";
    const long = "a".repeat(2 * 1024 * 1024);
    const _csrf = await owner.token();
    const send = (type: string, body: BodyInit) =>
      owner.send("POST", "/admin/plans/new", {
        body,
        headers: { origin, "content-type": type, "x-csrf-token": _csrf },
      });
    assert.equal((await send(form, `_csrf=${_csrf}&name=${long}`)).status, 413);
    const chunks = new Blob([long]).stream();
    assert.equal((await send(form, chunks)).status, 413, "without a length");
    assert.equal((await send("multipart/form-data; boundary=x", "--x--")).status, 415);
    assert.equal((await send("application/json", "{")).status, 400);
    for (
      const body of ["%", "%zz=%zz", "name=a&name=b", "=&=&", "__proto__=1&constructor=2", "name=%00&price=1"]
    ) {
      const { status } = await send(form, body);
      assert.ok(status === 422 || status === 400, `${body}: ${status}`);
    }
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const { status } = await owner.send(method, "/admin/plans", { headers: { origin } });
      assert.ok(status === 404 || status === 405, `${method}: ${status}`);
    }
    await unchanged();
  });

  await t.step("no spelling of an address gets around the sign-in or out of the static files", async () => {
    const paths = [
      "//admin",
      "///admin/subscribers",
      "/%2fadmin",
      "/%2Fadmin/subscribers",
      "/admin%2fsubscribers",
      "/%61dmin",
      "/%2e%2e/admin",
      "/x/../admin",
      "/x/%2e%2e/admin",
      "/./admin",
      "/admin/.",
      "/admin/",
      "/admin//subscribers",
      "/ADMIN",
      "/admin;x=1",
      "/admin%00",
      "/admin%20",
      "/login/../admin",
      "/login/%2e%2e/admin",
      "/health/..%2fadmin",
      "/static/../deno.json",
      "/static/%2e%2e/%2e%2e/deno.json",
      "/static/..%2f..%2fdeno.json",
      "/static/....//deno.json",
      "/static/%5c..%5cdeno.json",
      "/..%2f..%2fetc/passwd",
      "/admin\\subscribers",
      "/%c0%ae%c0%ae/admin",
      "/%",
      "/%zz",
      "/admin?next=//evil.example",
      `http://evil.example/admin`,
    ];
    for (const path of paths) {
      const { status, head, body } = await rawGet(base, path);
      // An address that names another host is not for this server.
      const allowed = path.startsWith("http:") ? [421] : [301, 302, 303, 307, 308, 400, 404];
      assert.ok(allowed.includes(status), `${path}: ${status}`);
      assert.doesNotMatch(head, /^location: (https?:)?\/\/(?!127)/mi, path);
      assertNothingOfOurs(body, path);
      assert.doesNotMatch(body, /"workspace"|root:x:0/, path);
    }
    for (
      const next of [
        "//evil.example",
        "/\\evil.example",
        EVIL,
        "/admin/../../evil",
        "/admin\r\nx: y",
        "javascript:alert(1)",
      ]
    ) {
      const answer = await stranger.post("/login", { ...TEST_OWNER, next });
      assert.equal(answer.status, 303, next);
      assert.equal(new URL(answer.location, base).origin, base, next);
    }
    await unchanged();
  });

  await t.step("absurd amounts and dates are refused where they were typed, and post nothing", async () => {
    const _csrf = await owner.token();
    const subscriber = ids.get("subscribers") ?? "";
    const form = {
      _csrf,
      subscriber,
      method: "cash",
      received: (await provider.today()).toString(),
      intent: "post",
    };
    const amounts = [
      "",
      " ",
      "0",
      "-5",
      "1e9",
      "1.005",
      "NaN",
      "Infinity",
      "0x10",
      "₱",
      "١٢",
      "9".repeat(40),
      "99999999999999.99",
      "1,0,0",
      "--1",
      "1;drop",
    ];
    for (const amount of amounts) {
      const answer = await owner.post("/admin/payments/new", { ...form, amount, key: crypto.randomUUID() });
      assert.equal(answer.status, 422, `amount ${amount}: ${answer.status}`);
    }
    for (
      const received of [
        "2026-02-31",
        "9999-12-31",
        "0000-00-00",
        "-271821-04-20",
        "yesterday",
        "2026-13-01",
        "1999-01-01",
      ]
    ) {
      const answer = await owner.post("/admin/payments/new", {
        ...form,
        amount: "1",
        received,
        key: crypto.randomUUID(),
      });
      assert.equal(answer.status, 422, `received ${received}: ${answer.status}`);
    }
    for (const price of ["-1", "1e5", "abc", "9".repeat(30)]) {
      const answer = await owner.post("/admin/plans/new", { _csrf, name: "Absurd", price });
      assert.equal(answer.status, 422, `price ${price}: ${answer.status}`);
    }
    await unchanged();
  });

  await t.step("signs of SQL mean themselves in a search", async () => {
    for (
      const q of [
        "%",
        "_",
        "\\",
        "'",
        "' or 1=1 --",
        "%' or '1'='1",
        "$1",
        "a%",
        "(",
        "a".repeat(5_000),
      ]
    ) {
      const answer = await owner.get(`/admin/subscribers?q=${encodeURIComponent(q)}`);
      assert.equal(answer.status, 200, q);
      if (/[%_\\'$(]/.test(q)) {
        const { document } = parseHTML(answer.html);
        assert.equal(
          document.querySelectorAll('main a[href^="/admin/subscribers/"]:not([href$="/new"])').length,
          0,
          `${q} finds somebody`,
        );
      }
    }
    for (
      const query of [
        "after=x",
        "after=%00",
        "q=%00",
        "before=" + "A".repeat(400),
        "bill=x&connection=y",
        "site=1",
        "after=W10%3D",
      ]
    ) {
      const answer = await owner.get(`/admin/subscribers?${query}`);
      assert.ok(answer.status === 200 || answer.status === 400, `${query}: ${answer.status}`);
    }
  });

  await t.step("names and comments from a router or a form stay text", async () => {
    await plant(provider);
    const pages = [
      ...listPages(await listIds(provider)),
      `/admin/import/${(await listIds(provider)).get("import")}/rows`,
    ];
    let seen = 0;
    for (const path of pages) {
      const { html, headers } = await owner.get(path);
      seen += html.includes("&lt;script>alert(1)") || html.includes("&lt;script&gt;alert(1)") ? 1 : 0;
      assertInert(html, path);
      assertHeaders(headers, html, path);
    }
    assert.ok(seen >= 3, `the planted names are on ${seen} pages only`);
    const csv = await owner.get("/admin/subscribers.csv");
    assert.doesNotMatch(csv.html, /(^|,)"?[=+@-]cmd/m, "a cell that a spreadsheet runs");
  });

  await t.step(
    "guessing passwords ends after a few tries, also for addresses that do not exist",
    async () => {
      for (const email of [TEST_OWNER.email, "nobody@ilaya.test"]) {
        const answers: number[] = [];
        for (let n = 0; n < 7; n++) {
          answers.push(
            (await stranger.post("/login", { email, password: `guess ${n}` })).status,
          );
        }
        assert.deepEqual(answers, [422, 422, 422, 422, 422, 429, 429], email);
      }
      assert.equal((await owner.get("/admin")).status, 200, "whoever is signed in stays so");
    },
  );

  await t.step("a session that has ended opens nothing", async () => {
    const _csrf = await owner.token();
    assert.equal((await owner.post("/admin/sign-out", { _csrf })).status, 303);
    assert.equal((await owner.get("/admin")).status, 303);
    for (
      const cookie of [
        "linya=",
        "linya=x",
        `linya=${"A".repeat(43)}`,
        `linya=${"A".repeat(4000)}`,
        "linya=%00",
      ]
    ) {
      assert.equal((await new Visitor(base, cookie).get("/admin")).status, 303, cookie);
    }
  });
});
