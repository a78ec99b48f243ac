import assert from "node:assert/strict";
import { createIsp, type Isp, liveUntil } from "@/tests/billing/isp.ts";
import { createTestDatabase } from "@/tests/support/postgres.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

const PATHS = ["/admin/settings", "/admin/setup", "/logo", "/admin/subscribers"];
const HOSTILE = `"><script>alert(1)</script>{x}'`;

interface Scene {
  isp: Isp;
  app: WebApp;
  owner: PageUser;
}

async function withScene(work: (scene: Scene) => Promise<void>, local?: string): Promise<void> {
  await using database = await createTestDatabase();
  const isp = await createIsp(database, { subscribers: 12 });
  if (local !== undefined) await liveUntil(isp, local);
  const app = await createWebApp(isp.context, { only: PATHS });
  await work({ isp, app, owner: await app.signIn(isp.tenantId, "Owner") });
}

/** The rules of a new tenant as the form sends them. */
const RULES: Record<string, string | string[]> = {
  revision: "0",
  cycleAnchor: "fixed",
  cycleDay: "1",
  timing: "arrears",
  leadDays: "0",
  termsDays: "7",
  graceDays: "5",
  minNoticeDays: "3",
  lateTermsDays: "0",
  cutTime: "09:00",
  blackoutDates: "",
  minBalance: "1.00",
  disputeDays: "30",
  brakePercent: "100",
  brakeMultiple: "3",
  endCredit: "credit",
  suspendedPolicy: "charge",
  stopAfterUnpaidBills: "2",
  firstBill: "prorate",
  mergeStubLtDays: "0",
  proration: "actual",
  lateFeeKind: "none",
  lateAfterDays: "5",
};

function review(change: Record<string, string | string[]>): string {
  const pairs = Object.entries({ ...RULES, ...change }).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value])
  );
  return `/admin/settings/billing/review?${new URLSearchParams(pairs)}`;
}

/** Fields of the form that saves what a review shows. */
function hiddenFields(html: string): Record<string, string | string[]> {
  const form = /<form class="form-actions"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  const fields: Record<string, string[]> = {};
  for (const [, name = "", value = ""] of form.matchAll(/name="([^"]+)" value="([^"]*)"/g)) {
    if (name !== "_csrf") (fields[name] ??= []).push(value);
  }
  return fields;
}

Deno.test("a change is shown in numbers before it is saved; saving what was shown does just that", async () => {
  await withScene(async ({ isp, owner }) => {
    const page = await owner.get(review({ cutTime: "10:30", blackoutWeekdays: ["7"], cycleDay: "15" }));
    assert.equal(page.status, 200);
    assert.match(page.text, /The cut hour moves from 09:00 to 10:30 for today's 12\./);
    assert.match(page.text, /12 connections keep the 1st\./);
    assert.match(page.text, /Weekdays without cuts None Sunday/);
    const saved = await owner.post("/admin/settings/billing", hiddenFields(page.html));
    assert.equal(saved.location, "/admin/settings/billing?done=saved");
    const tenant = await isp.run(getTenant);
    assert.deepEqual([tenant.cut_time, tenant.blackout_weekdays, tenant.cycle_day], ["10:30:00", [7], 15]);
    const after = await owner.get(saved.location);
    assert.match(after.text, /Last saved by Ana Reyes, Sat, 14 Feb 2026/);
  }, "2026-02-14T08:00");
});

Deno.test("what becomes of unused days when a service ends is said in words, saved, and written down", async () => {
  await withScene(async ({ isp, owner }) => {
    const page = await owner.get(review({ endCredit: "no_credit" }));
    assert.match(page.text, /Days that are billed and not used Come back as credit Are given up/);
    assert.match(page.text, /An end that is planned keeps what was chosen for it/);
    const half = { ...hiddenFields(page.html), endCredit: ["half"] };
    assert.equal((await owner.post("/admin/settings/billing", half)).status, 422);
    assert.equal((await owner.post("/admin/settings/billing", hiddenFields(page.html))).status, 303);
    assert.equal((await isp.run(getTenant)).end_credit, "no_credit");
    assert.match((await owner.get("/admin/settings/billing")).text, /nothing comes back for days/);
    const [entry] = await isp.run((trx) =>
      trx.selectFrom("audit_entries").select("summary").where("tenant_id", "=", isp.tenantId)
        .where("summary", "like", "%endCredit%").execute()
    );
    assert.match(entry?.summary ?? "", /endCredit/);
  });
});

Deno.test("a review saves nothing", async () => {
  await withScene(async ({ isp, owner }) => {
    await owner.get(review({ graceDays: "30" }));
    assert.equal((await isp.run(getTenant)).grace_days, 5);
  });
});

Deno.test("impossible rules are refused beside their fields, and what was typed stays", async () => {
  await withScene(async ({ isp, owner }) => {
    const page = await owner.get(review({
      leadDays: "4",
      graceDays: "x",
      blackoutWeekdays: ["1", "2", "3", "4", "5", "6", "7"],
      blackoutDates: "2026-02-30",
      cutTime: "12:34",
    }));
    assert.equal(page.status, 422);
    const dates = await owner.get(review({ leadDays: "4", graceDays: "91" }));
    assert.match(dates.html, /id="f-leadDays-error"/);
    assert.match(dates.text, /Type a whole number from 0 to 90\./);
    assert.match(dates.html, /name="graceDays"[^>]*value="91"/);
    assert.match(page.text, /Write each date as 2026-12-25/);
    assert.match(page.html, /value="12:34"/);
    const posted = await owner.post("/admin/settings/billing", { ...RULES, leadDays: "4" });
    assert.equal(posted.status, 422);
    assert.equal((await isp.run(getTenant)).lead_days, 0);
  });
});

Deno.test("hostile values never leave their place", async () => {
  await withScene(async ({ owner }) => {
    for (const name of Object.keys(RULES)) {
      const page = await owner.get(review({ [name]: HOSTILE }));
      assert.equal(page.status, 422, name);
      assert.ok(!page.html.includes("<script>alert"), name);
      const posted = await owner.post("/admin/settings/billing", { ...RULES, [name]: HOSTILE });
      assert.equal(posted.status, 422, name);
      assert.ok(!posted.html.includes("<script>alert"), name);
    }
    for (const name of ["name", "phone", "email", "address", "brandColour"]) {
      const sent = await owner.post("/admin/settings/company", {
        revision: "0",
        name: "Barangay Net",
        [name]: HOSTILE,
      });
      assert.ok(!sent.html.includes("<script>alert"), name);
    }
    for (
      const path of [
        "billing?preset[]=x",
        "region?timeZone=Mars",
        "company?done=%3Cb%3E",
      ]
    ) {
      assert.equal((await owner.get(`/admin/settings/${path}`)).status, 200, path);
    }
    const shown = await owner.get("/admin/settings/company");
    assert.ok(!shown.html.includes("<script>alert"));
  });
});

Deno.test("a preset fills the form and is drawn, and saves nothing", async () => {
  await withScene(async ({ isp, owner }) => {
    const page = await owner.get("/admin/settings/billing?preset=monthly");
    assert.match(
      page.text,
      /Bills are made on the 1st for the month that has passed\. They are due 14 days later\./,
    );
    assert.match(page.html, /name="termsDays"[^>]*value="14"/);
    assert.match(page.html, /<svg class="tl"/);
    assert.ok(!/ style="/.test(page.html));
    assert.equal((await isp.run(getTenant)).terms_days, 7);
  });
});

Deno.test("the picture has a sentence and a table that say the same", async () => {
  await withScene(async ({ owner }) => {
    const page = await owner.get("/admin/settings/billing");
    assert.match(page.text, /the bill of Maria for 1–31 Jan 2026 is made on 1 Feb and due on 8 Feb/);
    assert.match(page.text, /service is cut on Sat, 14 Feb 2026 at 09:00/);
    assert.match(page.html, /<th scope="row">Cut<\/th><td>Sat, 14 Feb 2026, 09:00<\/td>/);
  });
});

Deno.test("a save of somebody else in between is said, and nothing is overwritten", async () => {
  await withScene(async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Owner");
    const mine = hiddenFields((await owner.get(review({ graceDays: "8" }))).html);
    const theirs = hiddenFields((await other.get(review({ termsDays: "10" }))).html);
    assert.equal((await other.post("/admin/settings/billing", theirs)).status, 303);
    const refused = await owner.post("/admin/settings/billing", mine);
    assert.equal(refused.status, 409);
    assert.match(refused.text, /Ana Reyes saved these settings after you opened them/);
    const tenant = await isp.run(getTenant);
    assert.deepEqual([tenant.grace_days, tenant.terms_days], [5, 10]);
    // A form that was opened before it says so in its review.
    const late = await owner.get(review({ graceDays: "8" }));
    assert.match(late.text, /Ana Reyes saved these rules after you opened the form/);
    assert.match(late.text, /Days to pay 10 days 7 days/);
  });
});

Deno.test("a logo is sent as a file without scripts, served as a picture only, and an SVG is refused", async () => {
  await withScene(async ({ isp, app, owner }) => {
    const none = await owner.get("/logo");
    assert.equal(none.location, "/admin");
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const refused = await sendLogo(app, owner, svg, "image/png");
    assert.equal(refused.status, 422);
    assert.match(refused.html, /SVG files can carry scripts/);
    const large = await sendLogo(app, owner, new Uint8Array(200_000), "image/png");
    assert.equal(large.status, 422);
    assert.match(large.html, /larger than 128 KB/);
    const sent = await sendLogo(app, owner, png(), "text/html");
    assert.equal(sent.status, 303);
    const logo = await owner.get("/logo");
    assert.equal(logo.headers.get("content-type"), "image/png");
    assert.equal(logo.headers.get("x-content-type-options"), "nosniff");
    assert.match(logo.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal((await isp.run(getTenant)).phone, "0917 123 4567");
    const other = await createIspBeside(isp);
    const stranger = await app.signIn(other.tenantId, "Owner");
    assert.equal((await stranger.get("/logo")).location, "/admin");
  });
});

Deno.test("every route asks for its permission and its form's token", async () => {
  await withScene(async ({ isp, app, owner }) => {
    const reader = await app.signIn(isp.tenantId, "Read-only");
    const table = (await loadRouteTable()).filter(({ pattern }) =>
      /^\/(admin\/(settings|setup)|logo$)/.test(pattern)
    );
    for (const { method, pattern, permission } of table) {
      const path = pattern.replace(":occasion", "cut").replace(":language", "en").replace(":kind", "refund");
      const isTheirs = permission === "signed_in" || permission === "settings:read";
      if (method === "GET") {
        assert.ok([200, 303].includes((await owner.get(path)).status), pattern);
        const { status } = await reader.get(path);
        assert.ok(isTheirs ? [200, 303].includes(status) : status === 404, `${pattern} ${status}`);
        continue;
      }
      assert.equal((await owner.post(path, { ...RULES, _csrf: "x" })).status, 403, pattern);
      // Without a name of its own or https, as here, a site has no passkeys.
      const isThere = isTheirs && !pattern.endsWith("/passkey-options");
      assert.equal((await reader.post(path, RULES)).status === 404, !isThere, pattern);
    }
  });
});

Deno.test("only routes that take files read a multipart form", async () => {
  await withScene(async ({ app, owner }) => {
    const answer = await sendForm(app, owner, "/admin/settings/billing", new FormData());
    assert.equal(answer.status, 415);
  });
});

Deno.test("who may only read sees the rules and no form; a cashier sees only their own preferences", async () => {
  await withScene(async ({ isp, app }) => {
    const billing = await app.signIn(isp.tenantId, "Billing");
    const page = await billing.get("/admin/settings/billing");
    assert.equal(page.status, 200);
    assert.ok(!page.html.includes('action="/admin/settings/billing/review"'));
    assert.equal((await billing.get(review({}))).status, 404);
    assert.equal((await billing.post("/admin/settings/billing", RULES)).status, 404);
    assert.equal((await billing.get("/admin/setup/company")).status, 404);
    const cashier = await app.signIn(isp.tenantId, "Cashier");
    for (const path of ["", "/company", "/billing", "/region"]) {
      assert.equal((await cashier.get(`/admin/settings${path}`)).status, 404, path);
    }
    const me = await cashier.get("/admin/settings/me");
    assert.equal(me.status, 200);
    assert.ok(!me.html.includes("/admin/settings/company"));
  });
});

Deno.test("the page speaks the language that the person chose", async () => {
  await withScene(async ({ owner }) => {
    const saved = await owner.post("/admin/settings/me", {
      locale: "fil",
      density: "compact",
      shortcuts: "on",
    });
    assert.equal(saved.location, "/admin/settings/me?done=saved");
    const page = await owner.get("/admin/settings/billing");
    assert.match(page.text, /Ginagawa ang bill tuwing ika-1 para sa buwang lumipas\./);
    assert.match((await owner.get("/admin/settings/me")).html, /value="compact"[^>]*checked/);
  });
});

Deno.test("a time zone is shown with its effect before it is saved", async () => {
  await withScene(async ({ isp, owner }) => {
    const page = await owner.get("/admin/settings/region?timeZone=Asia/Tokyo");
    assert.match(page.text, /The cut at 09:00 then comes when your clock of today says 08:00/);
    assert.equal((await isp.run(getTenant)).time_zone, "Asia/Manila");
    const saved = await owner.post("/admin/settings/region", { revision: "0", timeZone: "Asia/Tokyo" });
    assert.equal(saved.status, 303);
    assert.equal((await isp.run(getTenant)).time_zone, "Asia/Tokyo");
    const stale = await owner.post("/admin/settings/region", { revision: "0", timeZone: "Asia/Manila" });
    assert.equal(stale.status, 409);
  });
});

Deno.test("the set-up goes on where it was left: saved, skipped and done elsewhere are not asked again", async () => {
  await withScene(async ({ isp, owner }) => {
    assert.equal((await owner.get("/admin/setup")).location, "/admin/setup/company");
    const company = await owner.post("/admin/setup/company", { revision: "0", name: "Barangay Net" });
    assert.equal(company.location, "/admin/setup/billing");
    assert.equal((await owner.get("/admin/setup")).location, "/admin/setup/billing");
    const chosen = await owner.get("/admin/setup/billing/review?preset=monthly&revision=0");
    assert.match(chosen.text, /Nothing|Bills are made on the 1st/);
    const saved = await owner.post("/admin/settings/billing", hiddenFields(chosen.html));
    assert.equal(saved.location, "/admin/setup/router");
    assert.equal((await isp.run(getTenant)).terms_days, 14);
    // The test's ISP has an agent, routers and subscribers already.
    assert.equal((await owner.get("/admin/setup")).location, "/admin");
    const router = await owner.get("/admin/setup/router");
    assert.match(router.text, /Billing rules, Done/);
  });
});

Deno.test("every step can be skipped and opened by its address", async () => {
  await withScene(async ({ owner }) => {
    assert.equal(
      (await owner.post("/admin/setup/skip", { step: "company" })).location,
      "/admin/setup/billing",
    );
    assert.equal(
      (await owner.post("/admin/setup/skip", { step: "billing" })).location,
      "/admin/setup/router",
    );
    assert.equal((await owner.post("/admin/setup/skip", { step: "import" })).location, "/admin");
    for (const step of ["company", "billing", "router", "import"]) {
      assert.equal((await owner.get(`/admin/setup/${step}`)).status, 200, step);
    }
    assert.equal((await owner.get("/admin/setup/nothing")).status, 404);
    assert.equal((await owner.post("/admin/setup/skip", { step: "x" })).status, 422);
    assert.match((await owner.get("/admin/setup/company")).text, /Company, Skipped/);
  });
});

async function createIspBeside(isp: Isp): Promise<Isp> {
  return await createIsp({ db: isp.context.db } as Parameters<typeof createIsp>[0], { subscribers: 1 });
}

function png(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  bytes.set([0, 0, 0, 20, 0, 0, 0, 20], 16);
  return bytes;
}

async function sendLogo(app: WebApp, user: PageUser, bytes: Uint8Array<ArrayBuffer>, type: string) {
  const page = await user.get("/admin/settings/company");
  const form = new FormData();
  form.set("revision", /name="revision" value="(\d+)"/.exec(page.html)?.[1] ?? "");
  form.set("name", "Barangay Net");
  form.set("phone", "0917 123 4567");
  form.set("logo", new File([bytes], "../../x.php", { type }));
  return await sendForm(app, user, "/admin/settings/company", form);
}

async function sendForm(app: WebApp, user: PageUser, path: string, form: FormData) {
  const page = await user.get("/admin/settings/company");
  form.set("_csrf", /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? "");
  const base = "http://linya.test";
  const request = new Request(base + path, {
    method: "POST",
    body: form,
    headers: { cookie: user.cookie, origin: base },
  });
  const response = await app.handler(request);
  return { status: response.status, html: await response.text() };
}
