import assert from "node:assert/strict";
import { withScene } from "@/tests/support/scene.ts";
import type { PageUser } from "@/tests/support/web_app.ts";
import { getTenant } from "@/web/store/settings/tenants.ts";

type Fields = Record<string, string | string[]>;

/** What a browser would send of the form on a page that has a field of this name. */
function fieldsOf(html: string, name: string): Fields {
  const form = [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([text]) => text)
    .find((text) => text.includes(`name="${name}"`)) ?? "";
  const fields: Record<string, string[]> = {};
  const add = (key: string, value: string) => (fields[key] ??= []).push(value);
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const key = /name="([^"]+)"/.exec(tag)?.[1];
    if (key === undefined || key === "_csrf" || /type="file"/.test(tag)) continue;
    const isBox = /type="(checkbox|radio)"/.test(tag);
    if (!isBox || /\schecked/.test(tag)) add(key, /\svalue="([^"]*)"/.exec(tag)?.[1] ?? "");
  }
  for (
    const [, key = "", value = ""] of form.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)<\/textarea>/g)
  ) {
    add(key, value);
  }
  for (
    const [, key = "", options = ""] of form.matchAll(/<select[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g)
  ) {
    add(key, /<option[^>]*value="([^"]*)"[^>]*\sselected/.exec(options)?.[1] ?? "");
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, all]) => [key, all.length === 1 ? all[0]! : all]),
  );
}

async function opened(user: PageUser, path: string, name: string): Promise<Fields> {
  return fieldsOf((await user.get(path)).html, name);
}

function query(fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value])
  );
  return `/admin/settings/billing/review?${new URLSearchParams(pairs)}`;
}

Deno.test("two people change other fields of the company: both changes stay", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Owner");
    for (const path of ["/admin/settings/company", "/admin/setup/company"]) {
      const [a, b] = [await opened(owner, path, "brandColour"), await opened(other, path, "brandColour")];
      const phone = path.includes("setup") ? "0917 555 0111" : "0917 555 0122";
      const email = path.includes("setup") ? "a@example.com" : "b@example.com";
      assert.equal((await owner.post(path, { ...a, phone })).status, 303, path);
      assert.equal((await other.post(path, { ...b, email })).status, 303, path);
      const tenant = await isp.run(getTenant);
      assert.deepEqual([tenant.phone, tenant.email], [phone, email], path);
    }
  });
});

Deno.test("two people change the company's phone: the later one is told by whom and to what, and keeps what was typed", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const path = "/admin/settings/company";
    const other = await app.signIn(isp.tenantId, "Owner");
    const [a, b] = [await opened(owner, path, "brandColour"), await opened(other, path, "brandColour")];
    assert.equal((await owner.post(path, { ...a, phone: "0917 555 0111" })).status, 303);
    const late = await other.post(path, { ...b, phone: "0917 555 0199" });
    assert.equal(late.status, 409);
    assert.match(late.text, /Ana Reyes changed this at \d\d:\d\d/);
    assert.match(late.text, /Phone: Now it says “0917 555 0111”/);
    assert.match(late.html, /name="phone"[^>]*value="0917 555 0199"/);
    assert.equal((await isp.run(getTenant)).phone, "0917 555 0111", "nothing was overwritten");
    const again = await other.post(path, fieldsOf(late.html, "brandColour"));
    assert.equal(again.status, 303);
    assert.equal((await isp.run(getTenant)).phone, "0917 555 0199");
  });
});

Deno.test("who saved the company is not said of somebody who saved other settings", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const path = "/admin/settings/company";
    const other = await app.signIn(isp.tenantId, "Owner");
    const b = await opened(other, path, "brandColour");
    assert.equal((await owner.post(path, { ...b, phone: "0917 555 0111" })).status, 303);
    // The audit log's last entry about the tenant is now of another section.
    const zone = fieldsOf((await owner.get("/admin/settings/region?timeZone=Asia/Tokyo")).html, "timeZone");
    assert.equal((await owner.post("/admin/settings/region", zone)).status, 303);
    const late = await other.post(path, { ...b, phone: "0917 555 0199" });
    const tenant = await isp.run(getTenant);
    const saved = (tenant.settings_saves as Record<string, { by: string }>).company;
    assert.match(late.text, new RegExp(`${saved?.by} changed this at`));
  });
});

Deno.test("billing rules that others saved meanwhile stay in a review, and are never saved unseen", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Owner");
    const form = "/admin/settings/billing";
    const mine = { ...await opened(other, form, "graceDays"), graceDays: "8" };
    const theirs = { ...await opened(owner, form, "graceDays"), termsDays: "10" };
    const early = fieldsOf((await other.get(query(mine))).html, "graceDays");
    const save = fieldsOf((await owner.get(query(theirs))).html, "graceDays");
    assert.equal((await owner.post(form, save)).location, "/admin/settings/billing?done=saved");
    // Opened before: their ten days are not put back to seven.
    const review = await other.get(query(mine));
    assert.match(
      review.text,
      /Ana Reyes saved other rules after you opened the form\. Those stay as saved\./,
    );
    assert.match(review.text, /Grace 5 days 8 days/);
    assert.doesNotMatch(review.text, /Days to pay 10 days/);
    // Reviewed before: what the review did not show is shown first.
    const refused = await other.post(form, early);
    assert.equal(refused.status, 409);
    assert.match(refused.text, /Ana Reyes saved these settings after you opened them/);
    assert.match(refused.html, /<a href="#f-termsDays">Days to pay: Now it says “10 days”\./);
    assert.match(refused.html, /name="graceDays"[^>]*value="8"/);
    assert.equal((await isp.run(getTenant)).grace_days, 5);
    const last = await other.get(query(fieldsOf(refused.html, "graceDays")));
    assert.equal((await other.post(form, fieldsOf(last.html, "graceDays"))).status, 303);
    const tenant = await isp.run(getTenant);
    assert.deepEqual([tenant.grace_days, tenant.terms_days], [8, 10]);
  });
});

Deno.test("a rule that both changed is told in words, and a review says that it undoes theirs", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Owner");
    const form = "/admin/settings/billing";
    const mine = { ...await opened(other, form, "graceDays"), stopAfterUnpaidBills: "4" };
    const theirs = { ...await opened(owner, form, "graceDays"), stopAfterUnpaidBills: "0" };
    const early = fieldsOf((await other.get(query(mine))).html, "graceDays");
    const save = fieldsOf((await owner.get(query(theirs))).html, "graceDays");
    assert.equal((await owner.post(form, save)).status, 303);
    const refused = await other.post(form, early);
    assert.match(refused.text, /Stop bills after: Now it says “Never”\./);
    assert.match((await other.get(query(mine))).text, /Some of the differences below undo that/);
  });
});

Deno.test("a time zone that somebody else moved meanwhile is told, and the choice is kept", async () => {
  await withScene("2026-02-10T10:00", async ({ isp, app, owner }) => {
    const other = await app.signIn(isp.tenantId, "Owner");
    const zone = async (user: PageUser, name: string) =>
      fieldsOf((await user.get(`/admin/settings/region?timeZone=${name}`)).html, "timeZone");
    const mine = await zone(other, "Asia/Tokyo");
    assert.equal((await owner.post("/admin/settings/region", await zone(owner, "Asia/Dubai"))).status, 303);
    const late = await other.post("/admin/settings/region", mine);
    assert.equal(late.status, 409);
    assert.match(late.text, /Ana Reyes changed this at/);
    assert.match(late.text, /Time zone: Now it says “Asia\/Dubai”/);
    assert.match(late.html, /value="Asia\/Tokyo"[^>]*selected/);
    assert.equal((await isp.run(getTenant)).time_zone, "Asia/Dubai");
  });
});

Deno.test("every form's list of what is wrong names each field and leads to it", async () => {
  await withScene("2026-02-10T10:00", async ({ owner }) => {
    const form = "/admin/settings/billing";
    const fields = await opened(owner, form, "graceDays");
    const wrong = { ...fields, graceDays: "91", brakePercent: "x", minBalance: "", cutTime: "" };
    for (const page of [await owner.get(query(wrong)), await owner.post(form, wrong)]) {
      assert.equal(page.status, 422);
    }
    const review = await owner.get(query({ ...fields, graceDays: "91" }));
    assert.match(review.html, /<a href="#f-graceDays">Grace: Type a whole number from 0 to 90\./);
    const company = await owner.post("/admin/settings/company", { revision: "0", name: "", phone: "x" });
    assert.match(company.html, /<a href="#f-name">Company name: /);
    assert.match(company.html, /<a href="#f-phone">Phone: /);
    const region = await owner.post("/admin/settings/region", { revision: "0", timeZone: "Mars" });
    assert.match(region.html, /<a href="#f-timeZone">Time zone: /);
    const me = await owner.post("/admin/settings/me", { locale: "xx", density: "default" });
    assert.match(me.html, /<a href="#f-locale">[^<]+: /);
  });
});

Deno.test("the review says each number with its unit, in both languages", async () => {
  await withScene("2026-02-10T10:00", async ({ owner }) => {
    const fields = await opened(owner, "/admin/settings/billing", "graceDays");
    const change = {
      cycleDay: "2",
      graceDays: "1",
      brakePercent: "20",
      brakeMultiple: "4",
      stopAfterUnpaidBills: "1",
    };
    const english = await owner.get(query({ ...fields, ...change }));
    assert.match(english.text, /Day of the month The 1st The 2nd/);
    assert.match(english.text, /Grace 5 days 1 day/);
    assert.match(english.text, /Share of all connections \d+% 20%/);
    assert.match(english.text, /More than the usual \d+ times the usual 4 times the usual/);
    assert.match(english.text, /Stop bills after 2 unpaid bills 1 unpaid bill/);
    await owner.post("/admin/settings/me", { locale: "fil", density: "default", shortcuts: "on" });
    assert.match((await owner.get(query({ ...fields, ...change }))).text, /Grace 5 araw 1 araw/);
  });
});
