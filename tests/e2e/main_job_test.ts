import assert from "node:assert/strict";
import type { Browser } from "puppeteer-core";
import pg from "pg";
import { silentLogger } from "@/shared/log.ts";
import { listBookProblems } from "@/tests/support/books.ts";
import { freePortPair, makeDataDir, stopAndRemove } from "@/tests/support/stack_parts.ts";
import {
  readRouterSecrets,
  readRouterSessions,
  type RouterSecret,
} from "@/tests/support/third_party_router.ts";
import { until } from "@/tests/support/until.ts";
import { Person } from "./_person.ts";
import { launchBrowser } from "@/tools/gallery/browser.ts";
import { ROUTER_LOGIN, Stack } from "@/tools/stack/mod.ts";

const ROUTER = { name: "Core-1", version: "6.49.10", serialNumber: "HE108E2E0001", secrets: 18, seed: 3 };
const LOGIN = { email: "ana@ilaya.test", password: "lugaw tuwing umaga" };

Deno.test({
  name: "the main job in a browser: set up, connect, import, bill, cut, pay, back online",
  // The browser's pipes outlive its close by a moment.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using scene = await Scene.open();
    const { stack, person } = scene;
    let before = new Map<string, RouterSecret>();
    let cut: Row[] = [];
    let held: Row | undefined;

    await t.step(
      "owner account with the set-up code, site, agent with the command that the page shows",
      async () => {
        await person.open("/setup");
        await person.fill({ code: scene.setupCode, companyName: "Ilaya Net", name: "Ana Reyes", ...LOGIN });
        await person.press('form[action="/setup"] button');
        await person.sees(/Ilaya Net/);
        await person.open("/admin/sites");
        await person.fill({ name: "Purok 3" }, 'form[action="/admin/sites"]');
        await person.press('form[action="/admin/sites"] button');
        if (!/\/admin\/sites\/./.test(person.path)) await person.follow(/Purok 3/);
        const site = person.path;
        await person.press('form[action$="/code"] button');
        const [, code] = await person.sees(/--code ([0-9A-Z]{4}-[0-9A-Z]{16})/);
        await stack.startAgent(code);
        await person.opensUntil(site, /Online/);
      },
    );

    await t.step("a wrong router password is said; the right one brings the router online", async () => {
      const sim = stack.sims.get(ROUTER.name);
      const address = {
        name: ROUTER.name,
        host: sim?.host ?? "",
        port: String(sim?.port),
        username: ROUTER_LOGIN.username,
      };
      await person.fill({ ...address, password: "not this one" }, 'form[action$="/routers"]');
      await person.press('form[action$="/routers"] button');
      await person.opensUntil(person.path, /Wrong password|refused the user name or password/i);
      const [router] = await scene.rows("select id from routers");
      await person.open(`/admin/routers/${router?.["id"]}/edit`);
      await person.fill({ password: ROUTER_LOGIN.password }, 'form[action$="/edit"]');
      await person.press('form[action$="/edit"] button[type="submit"]');
      await person.opensUntil(`/admin/routers/${router?.["id"]}`, /Online/);
    });

    await t.step(
      "import: read, a new plan for each profile, dry run with counts, progress, done",
      async () => {
        before = await scene.secrets();
        await person.open("/admin/import");
        await person.press('form[action="/admin/import"] button');
        await person.opensUntil(person.path, /First bill/i);
        const batch = person.path;
        const count = await person.count('[name^="profile."]');
        assert.ok(count > 1, "the review groups by profile");
        const fields: Record<string, string> = { firstBillOn: await scene.day("+ interval '2 days'") };
        for (let i = 0; i < count; i++) {
          fields[`choice.${i}`] = "new";
          fields[`plan.${i}`] = `Plan ${i + 1}`;
          fields[`price.${i}`] = `${999 + i * 500}.00`;
        }
        await person.fill(fields);
        await person.press('main form[action*="/admin/import/"] button[type="submit"]');
        await person.sees(new RegExp(`\\b${before.size}\\b`));
        if (!/\/confirm/.test(person.path)) await person.follow(/^Import \d/);
        await person.press('form[action$="/confirm"] button[type="submit"]');
        await person.opensUntil(batch, /Undo import/);
        assert.equal((await scene.rows("select id from subscribers")).length, before.size);
        assert.deepEqual(await scene.secrets(), before, "an import changes nothing on the router");
      },
    );

    await t.step("bills by the demo bar; most pay; Tonight names exactly who is left, and why", async () => {
      await person.moves("Next bill run", async () => (await scene.rows("select id from bills")).length > 0);
      const owing = await scene.owing();
      assert.ok(owing.length > 10, `only ${owing.length} bills`);
      for (const row of owing.slice(3)) await person.postsPayment(row.subscriber);
      const [last] = await scene.rows("select (max(due_on) + max(grace_days))::text as day from bills");
      await person.moves("Next cut run", async () => (await scene.day("")) >= (last?.["day"] ?? ""));
      await person.moves("Next bill run", () => Promise.resolve(true), 1);
      await person.open("/admin/tonight");
      const left = await scene.owing();
      assert.equal(left.length, 3);
      assert.deepEqual(
        await person.linksIn('main a[href^="/admin/subscribers/"]'),
        left.map((row) => row.subscriber).sort(),
      );
      [held, ...cut] = left;
    });

    await t.step("one is held; the run cuts the others, on the router and nobody else", async () => {
      await person.open(`/admin/tonight/${held?.subscription}/hold`);
      await person.fill({ until: await scene.day("+ interval '3 days'"), reason: "Pays on payday" });
      await person.press('form[action$="/hold"] button[type="submit"]');
      await person.open("/admin/tonight");
      await person.asks(/^Run now/);
      await person.press('dialog form[action="/admin/tonight/run"] button[type="submit"]');
      await person.sees(/cut/i);
      assert.match(person.path, /\/admin\/runs\//);
      const names = cut.map((row) => row.name);
      await until(async () => {
        const [secrets, online] = [await scene.secrets(), await scene.online()];
        return names.every((name) => secrets.get(name)?.["disabled"] === "true" && !online.has(name));
      }, { timeoutMs: 20_000, what: "the unpaid are off on the router" });
      for (const [name, secret] of await scene.secrets()) {
        const was = before.get(name)?.["disabled"];
        assert.equal(secret["disabled"], names.includes(name) ? "true" : was, name);
      }
    });

    await t.step(
      "a payment by keyboard alone; the subscriber is online again, the pills say so",
      async () => {
        const [payer] = cut;
        assert.ok(payer !== undefined);
        await person.open("/admin/payments/new");
        await person.types(payer.account);
        await person.enters();
        await person.sees(/Post payment for/);
        await person.enters();
        await person.sees(/RCPT-\d+/);
        await until(async () => {
          const [secrets, online] = [await scene.secrets(), await scene.online()];
          return secrets.get(payer.name)?.["disabled"] === "false" && online.has(payer.name);
        }, { timeoutMs: 15_000, what: "the payer is online on the router" });
        await person.opensUntil(`/admin/subscribers/${payer.subscriber}`, /Paid.*Online|Online.*Paid/s);
        const [other] = cut.slice(1);
        assert.equal((await scene.secrets()).get(other?.name ?? "")?.["disabled"], "true");
      },
    );

    await t.step("dark mode has dark paper; signing out ends it", async () => {
      await person.open("/admin");
      const [light, dark] = [await person.paper("light"), await person.paper("dark")];
      assert.ok(light > 200 && dark < 80, `paper ${light} in light, ${dark} in dark`);
      await person.signsOut();
      await person.open("/admin");
      assert.match(person.path, /^\/login/);
      assert.deepEqual(person.complaints, []);
      assert.deepEqual(await scene.bookProblems(), []);
    });
  },
});

/** A line that owes. */
interface Row {
  subscriber: string;
  subscription: string;
  account: string;
  name: string;
}

/** The parts of the product, and the witnesses. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly stack: Stack,
    readonly dataDir: string,
    readonly setupCode: string,
    readonly browser: Browser,
    readonly person: Person,
    readonly books: pg.Client,
  ) {}

  static async open(): Promise<Scene> {
    const dataDir = await makeDataDir();
    const stack = new Stack({ dataDir, port: freePortPair(), routers: [ROUTER], log: silentLogger });
    try {
      const { setupCode } = await stack.start();
      for (const sim of stack.sims.values()) sim.dialer.redialMs = 300;
      const browser = await launchBrowser();
      const books = new pg.Client({ connectionString: stack.postgres.superuserUrl });
      await books.connect();
      const person = new Person(await browser.newPage(), stack.url);
      return new Scene(stack, dataDir, setupCode ?? "", browser, person, books);
    } catch (error) {
      await stopAndRemove(stack, dataDir);
      throw error;
    }
  }

  async rows(text: string, values: unknown[] = []): Promise<Record<string, string>[]> {
    return (await this.books.query<Record<string, string>>(text, values)).rows;
  }

  /** The business date, moved by an interval. */
  async day(move: string): Promise<string> {
    const [row] = await this.rows(`select (((now() + business_offset_seconds * interval '1 second')
      at time zone time_zone)::date ${move})::date::text as day from tenants`);
    return row?.["day"] ?? "";
  }

  async owing(): Promise<Row[]> {
    const rows = await this.rows(
      `select distinct s.id as subscriber, c.id as subscription, s.account_number as account,
        c.ppp_name as name
      from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
      join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id and c.status = 'active'
      where b.status = 'issued' and b.paid_centavos < b.total_centavos order by s.account_number`,
    );
    // Those whose box dials in come first: they are seen to go offline and to come back.
    const dialing = new Set(this.stack.sims.get(ROUTER.name)?.dialer.names);
    return (rows as unknown as Row[]).sort((a, b) =>
      Number(dialing.has(b.name)) - Number(dialing.has(a.name))
    );
  }

  #address() {
    const sim = this.stack.sims.get(ROUTER.name);
    assert.ok(sim !== undefined);
    return sim;
  }

  async secrets(): Promise<Map<string, RouterSecret>> {
    return await readRouterSecrets(this.#address());
  }

  async online(): Promise<Set<string>> {
    return await readRouterSessions(this.#address());
  }

  async bookProblems(): Promise<string[]> {
    const [tenant] = await this.rows("select id from tenants");
    return await listBookProblems(this.books, tenant?.["id"] ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.books.end();
    await stopAndRemove(this.stack, this.dataDir);
  }
}
