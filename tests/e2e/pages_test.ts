import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { Browser } from "puppeteer-core";
import { TEST_OWNER, TestStack } from "@/tests/support/stack.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { look, type Sight } from "./_looks.ts";
import { documentProblems } from "./_markup.ts";
import { fillPages, listAddresses, listIds, listPages } from "./_pages.ts";
import { hireNeighbour } from "./_people.ts";
import { Visitor } from "./_visitor.ts";

/** Pages that look different for a provider with nothing. */
const EMPTY = ["", "/subscribers", "/bills", "/payments", "/tonight", "/runs", "/sites", "/plans", "/import"]
  .map((name) => `/admin${name}`);

Deno.test({
  name:
    "every page works without scripts, for everybody, at every width, in both languages, under the policy",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using provider = await TestStack.start({ demoControls: true, secrets: 10 });
    await fillPages(provider);
    const ids = await listIds(provider);
    const base = provider.stack.url;
    const owner = await Visitor.signIn(base, TEST_OWNER);
    const newcomer = await hireNeighbour(provider);
    await saveView(owner);
    const sights: Sight[] = [];

    await t.step("without scripts each route answers: a page, a file, or the way to its page", async () => {
      const files = listAddresses(ids).filter(({ isFile }) => isFile);
      assert.ok(files.length >= 7, `only ${files.length} files`);
      const problems: string[] = [];
      for (const { path } of files) await assertFile(owner, path);
      for (const path of [...listPages(ids), await reviewAddress(owner)]) {
        const answer = await owner.get(path);
        // Addresses of buttons lead back to their page.
        if (answer.status === 303) {
          assert.match(answer.location, /^\/admin/, path);
          continue;
        }
        if (answer.status !== 200) {
          problems.push(`GET ${path} answers ${answer.status}: say in tests/e2e/_pages.ts what it needs`);
          continue;
        }
        problems.push(...documentProblems(answer.html, path));
        sights.push({ path });
      }
      assert.deepEqual(problems, []);
      assert.ok(sights.length > 45, `only ${sights.length} pages`);
    });

    await t.step("so do the answers to forms that ask, or that refuse what was typed", async () => {
      const problems: string[] = [];
      for (const sight of await formSights(owner, ids)) {
        const { status, html } = await owner.post(sight.path, sight.form);
        if (status !== 200 && status !== 422) problems.push(`POST ${sight.path} answers ${status}`);
        else problems.push(...documentProblems(html, `POST ${sight.path}`));
        sights.push(sight);
      }
      assert.deepEqual(problems, []);
    });

    await t.step("so do the pages of nothing there and nobody signed in", async () => {
      const problems: string[] = [];
      for (const path of ["/admin/no-such-page", `/admin/bills/${crypto.randomUUID()}`]) {
        const answer = await owner.get(path);
        assert.equal(answer.status, 404, path);
        problems.push(...documentProblems(answer.html, path));
        sights.push({ path });
      }
      for (const path of ["/login", "/forgot"]) {
        problems.push(...documentProblems((await new Visitor(base).get(path)).html, path));
      }
      for (const path of EMPTY) {
        const answer = await newcomer.get(path);
        assert.equal(answer.status, 200, path);
        problems.push(...documentProblems(answer.html, path));
      }
      assert.deepEqual(problems, []);
    });

    const browser = await launchBrowser();
    try {
      await t.step(
        "in a browser: no sideways scroll, no axe violation, no complaint of the policy",
        async () => {
          const found = await look(browser, base, owner.cookie, sights);
          found.push(...await look(browser, base, newcomer.cookie, EMPTY.map((path) => ({ path }))));
          found.push(...await look(browser, base, "", [{ path: "/login" }, { path: "/forgot" }]));
          console.log(`${sights.length + EMPTY.length + 1} pages, each at 4 widths and in 2 views of axe`);
          assert.deepEqual(found, []);
        },
      );

      await t.step("in Filipino: every text is there, and the narrowest phone is wide enough", async () => {
        const set = { _csrf: await owner.token(), locale: "fil" };
        assert.equal((await owner.post("/admin/preferences", set)).status, 303);
        const problems: string[] = [];
        for (const { path, form } of sights) {
          const { html } = form === undefined ? await owner.get(path) : await owner.post(path, form);
          problems.push(...documentProblems(html, path, "fil"));
        }
        const phones = { widths: [320], withAxe: false };
        problems.push(...await look(browser, base, owner.cookie, sights, phones));
        assert.deepEqual(problems, []);
      });

      await t.step("when something breaks, or the database is away", async () => {
        await assertBroken(provider, owner, browser);
      });
    } finally {
      await browser.close();
    }
  },
});

async function assertFile(owner: Visitor, path: string): Promise<void> {
  const { status, headers, html } = await owner.get(path);
  assert.equal(status, 200, path);
  assert.match(headers.get("content-type") ?? "", /^(text\/csv|application\/pdf)/, path);
  assert.match(headers.get("content-disposition") ?? "", /^attachment/, path);
  assert.ok(html.length > 20, path);
}

/** A list with a saved view has one part more. */
async function saveView(owner: Visitor): Promise<void> {
  const fields = { _csrf: await owner.token(), name: "Owes money", query: "bill=overdue" };
  assert.equal((await owner.post("/admin/lists/subscribers/views", fields)).status, 303);
}

/** The review of a change of the billing rules, as the settings' form asks for it. */
async function reviewAddress(owner: Visitor): Promise<string> {
  const action = "/admin/settings/billing/review";
  const { document } = parseHTML((await owner.get("/admin/settings/billing")).html);
  const form = document.querySelector(`form[action="${action}"]`);
  assert.ok(form !== null, "the settings have a form that asks for the review");
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("input[name], select[name], textarea[name]")) {
    const isTicked = !["radio", "checkbox"].includes(field.getAttribute("type") ?? "") ||
      field.hasAttribute("checked");
    const chosen = field.querySelector("option[selected]") ?? field.querySelector("option") ?? field;
    const value = chosen.getAttribute("value") ?? field.textContent ?? "";
    if (isTicked) query.append(field.getAttribute("name") ?? "", value);
  }
  query.set("graceDays", "3");
  return `${action}?${query}`;
}

/** Forms whose answer is a page: questions about many rows, and refusals beside the fields. */
async function formSights(owner: Visitor, ids: ReadonlyMap<string, string>): Promise<Required<Sight>[]> {
  const _csrf = await owner.token();
  const rows = { _csrf, id: ids.get("tonight") ?? "", list: "subscribers", filter: "" };
  const subscriber = ids.get("subscribers");
  return [
    ...["hold", "end-hold", "exclude", "plan"].map((name) => ({ path: `/admin/bulk/${name}`, form: rows })),
    ...[
      "/admin/plans/new",
      "/admin/subscribers/new",
      `/admin/subscribers/${subscriber}/edit`,
      "/admin/settings/company",
      "/admin/settings/billing",
      "/admin/sites",
    ].map((path) => ({ path, form: { _csrf, name: "" } })),
    { path: "/admin/payments/new", form: { _csrf, subscriber: subscriber ?? "", amount: "" } },
  ];
}

async function assertBroken(provider: TestStack, owner: Visitor, browser: Browser): Promise<void> {
  const base = provider.stack.url;
  await provider.query("alter table plans rename to plans_away");
  const broken = await owner.get("/admin/plans");
  const found = await look(browser, base, owner.cookie, [{ path: "/admin/plans" }]);
  await provider.query("alter table plans_away rename to plans");
  assert.equal(broken.status, 500);
  found.push(...documentProblems(broken.html, "500", "fil"));
  await provider.stack.postgres.stop();
  const away = await owner.get("/admin/plans");
  found.push(...await look(browser, base, owner.cookie, [{ path: "/admin/plans" }]));
  assert.equal(away.status, 503);
  found.push(...documentProblems(away.html, "503"));
  assert.deepEqual(found, []);
}
