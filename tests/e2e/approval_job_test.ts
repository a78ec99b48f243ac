import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import { addAuthenticator } from "@/tests/support/authenticator.ts";
import { TEST_OWNER, type TestLine, TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { checkInvariants } from "@/web/store/billing/invariants.ts";
import { Person, PHONE } from "./_person.ts";

const BEN = { email: "ben@ilaya.test", name: "Ben Reyes", password: "siomai tuwing biyernes" };
const MAY = ["today:read", "subscriber:read", "bill:void", "approval:read"];
const APPROVES = /\bapprove\b/i;

Deno.test({
  name:
    "the Cashier of San Roque in a browser: made, invited, a passkey, one site, a cancellation asked, approved on a phone, off on the router",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using scene = await Scene.open();
    const { provider, owner, ben } = scene;
    const leaving = scene.here[0];
    assert.ok(leaving !== undefined && scene.elsewhere[0] !== undefined, "both sites have subscribers");
    let [invite, asked] = ["", ""];

    await t.step("the owner has cancellations approved, and makes the role for one site", async () => {
      await owner.open("/login");
      await owner.fill({ email: TEST_OWNER.email, password: TEST_OWNER.password });
      await owner.press('form[action="/login"] .button-primary');
      await owner.open("/admin/settings/approvals/service_end");
      await owner.fill({ mode: "always", binds: "everyone" });
      await owner.press('form[action$="/service_end"] button[type="submit"]');
      await owner.open("/admin/roles/new");
      await owner.fill({ name: "Cashier of San Roque", where: "sites" });
      await owner.ticks("site", [provider.siteId]);
      await owner.ticks("permission", MAY);
      await owner.press('form[action="/admin/roles/new"] button[type="submit"]');
      await owner.sees(/Cashier of San Roque.*only at San Roque/i);
    });

    await t.step("the owner invites; the page shows the link", async () => {
      const role = /\/roles\/([0-9a-f-]{36})/.exec(owner.path)?.[1] ?? "";
      await owner.open("/admin/staff/invite");
      await owner.fill({ email: BEN.email, name: BEN.name });
      await owner.ticks("role", [role]);
      await owner.press('form[action="/admin/staff/invite"] button[type="submit"]');
      invite = /\/invite\/[\w-]{43}/.exec(await owner.page.content())?.[0] ?? "";
      assert.notEqual(invite, "");
    });

    await t.step("the person chooses a password, adds a passkey, and signs in with it", async () => {
      await ben.page.bringToFront();
      await addAuthenticator(ben.page);
      await ben.open(invite);
      await ben.fill({ password: BEN.password });
      await ben.press(`form[action="${invite}"] button`);
      assert.equal(ben.path, "/admin");
      await ben.open("/admin/settings/second-factor/passkey");
      await ben.fill({ name: "Counter PC" });
      await ben.pressesPasskey();
      assert.equal(ben.path, "/admin/settings/second-factor/codes");
      await ben.open("/admin");
      await ben.signsOut();
      await ben.press('a[href^="/login/passkey"]');
      await ben.pressesPasskey();
      assert.equal(ben.path, "/admin");
    });

    await t.step("they see San Roque's subscribers and nobody else", async () => {
      await ben.open("/admin/subscribers");
      const seen = (await ben.linksIn('main a[href^="/admin/subscribers/"]')).filter((id) => id !== "");
      assert.deepEqual(seen, scene.here.map((line) => line.subscriberId).sort());
      const hidden = await ben.page.goto(`${ben.base}/admin/subscribers/${scene.elsewhere[0]?.subscriberId}`);
      assert.equal(hidden?.status(), 404);
    });

    await t.step("they ask for a cancellation with a reason, and can approve nothing anywhere", async () => {
      await ben.open(`/admin/subscribers/${leaving.subscriberId}`);
      await ben.follow(/^End the service/);
      await ben.press('form[method="get"][action$="/end"] button');
      await ben.fill({ reason: "Moves to Cebu" });
      await ben.press('form[method="post"][action$="/end"] button[type="submit"]');
      await ben.sees(/Asked for\. Nothing changes before somebody approves it/);
      const [request] = await provider.query<{ id: string }>("select id from approval_requests");
      asked = `/admin/approvals/${request?.id}`;
      await ben.open("/admin/approvals");
      await ben.press(`main a[href="${asked}"]`);
      await ben.sees(/Moves to Cebu/);
      for (const path of [asked, `/admin/subscribers/${leaving.subscriberId}`, ...await ben.menu()]) {
        await ben.open(path);
        assert.deepEqual(await ben.buttons(APPROVES), [], path);
      }
      assert.deepEqual(await provider.disabledLines(), []);
    });

    await t.step("the owner approves on a phone; the line ends on the router", async () => {
      await owner.page.bringToFront();
      await owner.page.setViewport(PHONE);
      await owner.page.goto(`${owner.base}/admin/approvals`, { waitUntil: "load" });
      await owner.press(`main a[href="${asked}"]`);
      await owner.sees(/Ben Reyes.*Moves to Cebu|Moves to Cebu.*Ben Reyes/);
      const [width, wide] = await owner.page.evaluate(() => [
        innerWidth,
        document.documentElement.scrollWidth,
      ]);
      assert.deepEqual([width, wide], [PHONE.width, PHONE.width]);
      const approve = 'button[name="decision"][value="approve"]';
      await Promise.all([owner.page.waitForNavigation({ waitUntil: "load" }), owner.page.click(approve)]);
      await owner.sees(/Approved and done/);
      await until(async () => (await provider.disabledLines()).length > 0, {
        timeoutMs: 15_000,
        what: "the line is off on the router",
      });
      assert.deepEqual(await provider.disabledLines(), [leaving.name], "this line, and no other");
      const sim = provider.router.sim;
      await until(() => sim.sessionsOf(leaving.name) === 0, { timeoutMs: 15_000, what: "its session ends" });
      await ben.page.bringToFront();
      await ben.opensUntil("/admin/approvals?view=mine", /Approved/);
      assert.deepEqual([...owner.complaints, ...ben.complaints], []);
      assert.deepEqual(await provider.inTenant(checkInvariants), []);
    });
  },
});

/** A provider with two sites, and two people at browsers of their own. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly provider: TestStack,
    readonly browser: Browser,
    readonly owner: Person,
    readonly ben: Person,
  ) {}

  /** San Roque has the agent and the first router; the second one stands at another site. */
  static async open(): Promise<Scene> {
    const provider = await TestStack.start({ routers: 2, secrets: 6 });
    await provider.inTenant(async (trx) => {
      const other = crypto.randomUUID();
      await trx.insertInto("sites").values({ tenant_id: trx.tenantId, id: other, name: "Ilaya Hill" })
        .execute();
      await trx.updateTable("sites").set({ name: "San Roque" }).where("id", "=", provider.siteId).execute();
      await trx.updateTable("routers").set({ site_id: other }).where("id", "=", provider.routers[1]!.id)
        .execute();
    });
    const browser = await launchBrowser();
    // A passkey belongs to a name, and an address of numbers is none.
    const base = provider.stack.url.replace("127.0.0.1", "localhost");
    const person = async () => new Person(await (await browser.createBrowserContext()).newPage(), base);
    return new Scene(provider, browser, await person(), await person());
  }

  get here(): TestLine[] {
    return this.provider.lines.filter((line) => line.routerId === this.provider.router.id);
  }

  get elsewhere(): TestLine[] {
    return this.provider.lines.filter((line) => line.routerId !== this.provider.router.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.provider[Symbol.asyncDispose]();
  }
}
