import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { ROUTER_LOGIN, type Stack } from "../stack/mod.ts";
import { FormUser } from "./form_user.ts";
import type { Step } from "./steps.ts";
import { openBooks, readRouter, type RouterReading } from "./witness.ts";

const ROUTER = "Smoke-Core";
const PASSWORD = "lugaw tuwing umaga";

/** What the run learns on its way. */
class Scene {
  user: FormUser;
  books: Awaited<ReturnType<typeof openBooks>> | null = null;
  setupCode = "";
  sitePath = "";
  routerBefore: RouterReading | null = null;
  cut: { name: string; subscriber: string; owed: string }[] = [];
  held = "";

  constructor(readonly stack: Stack) {
    this.user = new FormUser(stack.url);
  }

  sql(text: string, values: unknown[] = []) {
    if (this.books === null) throw new Error("Cannot ask the books: PostgreSQL is not started");
    return this.books.one(text, values);
  }

  rows(text: string, values: unknown[] = []) {
    if (this.books === null) throw new Error("Cannot ask the books: PostgreSQL is not started");
    return this.books.list(text, values);
  }

  router(): Promise<RouterReading> {
    const sim = this.stack.sims.get(ROUTER);
    if (sim === undefined) throw new Error(`Cannot read router: there is no ${ROUTER}`);
    return readRouter({ host: sim.host, port: sim.port, ...ROUTER_LOGIN });
  }
}

/** Router of the smoke run. RouterOS 6.49: what the third-party client understands. */
export const SMOKE_ROUTER = {
  name: ROUTER,
  version: "6.49.10",
  serialNumber: "HE108SMOKE01",
  secrets: 60,
  seed: 3,
};

/** The main job as a person plays it with forms alone; router and books are read by somebody else (R20). */
export function mainJob(stack: Stack): { steps: Step[]; close(): Promise<void> } {
  const scene = new Scene(stack);
  return {
    steps: [
      ...connectSteps(scene),
      ...importSteps(scene),
      ...billSteps(scene),
      ...paySteps(scene),
      ...faultSteps(scene),
    ],
    close: async () => await scene.books?.close(),
  };
}

function connectSteps(scene: Scene): Step[] {
  const { stack, user } = scene;
  return [
    {
      name: "start PostgreSQL and the web",
      run: async () => {
        const { setupCode } = await stack.start();
        assert.ok(setupCode, "a set-up code is printed");
        scene.setupCode = setupCode;
        scene.books = await openBooks(stack.postgres.superuserUrl);
        return stack.url;
      },
    },
    {
      name: "make the owner account with the set-up code",
      run: async () => {
        await user.open("/setup");
        await user.submit({
          action: "/setup",
          fields: {
            code: scene.setupCode,
            companyName: "Smoke Net",
            name: "Ana",
            email: "ana@smoke.test",
            password: PASSWORD,
          },
        });
        user.expect(/Smoke Net/);
      },
    },
    {
      name: "sign out and in again",
      run: async () => {
        await user.submit({ action: "/admin/sign-out" });
        await user.submit({ action: "/login", fields: { email: "ana@smoke.test", password: "not this" } });
        assert.match(user.text, /do not match/);
        await user.submit({ action: "/login", fields: { email: "ana@smoke.test", password: PASSWORD } });
        user.expect(/Today/);
      },
    },
    {
      name: "add a site and enrol the agent with its code",
      run: async () => {
        await user.open("/admin/sites");
        await user.submit({ action: "/admin/sites", fields: { name: "Purok 3" } });
        if (!/\/admin\/sites\/./.test(user.url)) await user.open(user.linkTo(/Purok 3/));
        scene.sitePath = user.url.split("?")[0] ?? "";
        await user.submit({ action: /\/code$/ });
        const [, code] = user.expect(/--code ([0-9A-Z]{4}-[0-9A-Z]{16})/);
        await stack.startAgent(code);
        await user.openUntil(scene.sitePath, /Online/);
      },
    },
    {
      name: "a wrong router password is told where it was typed",
      run: async () => {
        await addRouter(scene, "not the password");
        await user.openUntil(user.url, /password/i);
        await user.openUntil(user.url, /Wrong password|refused the user name or password/i);
      },
    },
    {
      name: "correct it; the router answers and is bound to its serial number",
      run: async () => {
        const [row] = await scene.rows("select id from routers");
        await user.open(`/admin/routers/${row?.["id"]}/edit`);
        await user.submit({ action: /\/edit$/, fields: { password: ROUTER_LOGIN.password } });
        await user.openUntil(`/admin/routers/${row?.["id"]}`, /Online/, 90_000);
        const router = await scene.sql("select serial_number from routers");
        assert.equal(router["serial_number"], SMOKE_ROUTER.serialNumber);
      },
    },
  ];
}

async function addRouter(scene: Scene, password: string): Promise<void> {
  const { user, stack } = scene;
  const sim = stack.sims.get(ROUTER);
  await user.open(scene.sitePath);
  await user.submit({
    action: /\/routers$/,
    fields: {
      name: ROUTER,
      host: sim?.host ?? "",
      port: String(sim?.port),
      username: ROUTER_LOGIN.username,
      password,
    },
  });
}

function importSteps(scene: Scene): Step[] {
  const { user } = scene;
  return [
    {
      name: "read the PPP secrets for an import",
      run: async () => {
        scene.routerBefore = await scene.router();
        await user.open("/admin/import");
        await user.submit({ action: "/admin/import" });
        await user.openUntil(user.url, /First bill/i);
        return `${scene.routerBefore.secrets.size} secrets`;
      },
    },
    {
      name: "review: a plan for each profile, and the counts of the dry run",
      run: async () => {
        const fields: Record<string, string> = {
          disabledPolicy: "disconnected",
          firstBillOn: await firstOfNextMonth(scene),
        };
        const profiles = [...user.page.querySelectorAll('[name^="profile."]')].map((field) =>
          field.getAttribute("name") ?? ""
        );
        for (const [index, name] of profiles.entries()) {
          const at = name.slice("profile.".length);
          fields[`choice.${at}`] = "new";
          fields[`plan.${at}`] = `Plan ${index + 1}`;
          fields[`price.${at}`] = `${999 + index * 500}.00`;
        }
        assert.ok(profiles.length > 1, "the review groups by profile");
        await user.submit({ action: /\/import\/[0-9a-f-]+$/, fields });
        user.expect(new RegExp(`\\b${scene.routerBefore?.secrets.size}\\b`));
      },
    },
    {
      name: "import; nothing changes on the router",
      run: async () => {
        const path = user.url.split("?")[0] ?? "";
        if (!/\/confirm$/.test(path)) await user.open(user.linkTo(/^Import \d/));
        await user.submit({ action: /\/confirm$/ });
        await user.openUntil(path.replace(/\/confirm$/, ""), /Imported|Undo/, 60_000);
        const counts = await scene.sql("select count(*) as subscribers from subscribers");
        assert.equal(Number(counts["subscribers"]), scene.routerBefore?.secrets.size);
        assert.deepEqual((await scene.router()).secrets, scene.routerBefore?.secrets);
        return `${counts["subscribers"]} subscribers`;
      },
    },
  ];
}

async function firstOfNextMonth(scene: Scene): Promise<string> {
  const row = await scene.sql(
    "select (date_trunc('month', now() at time zone 'Asia/Manila') + interval '1 month')::date::text as day",
  );
  return row["day"] ?? "";
}

function billSteps(scene: Scene): Step[] {
  const { user } = scene;
  const move = async (to: string) => {
    await user.open("/admin/tonight");
    await user.submit({ action: "/admin/demo/clock", fields: { to } });
  };
  return [
    {
      name: "bills on the first of the month",
      run: async () => {
        await until(async () => {
          await move("bill_run");
          return Number((await scene.sql("select count(*) as n from bills"))["n"]) > 0;
        }, { timeoutMs: 120_000, what: "a bill is issued" });
        const bills = await scene.sql(`select count(*) as n, count(distinct number) as numbers,
          max(substring(number from '\\d+')::int) as last from bills where status = 'issued'`);
        assert.equal(bills["n"], bills["numbers"]);
        assert.equal(Number(bills["last"]), Number(bills["n"]), "numbers have no gaps");
        return `${bills["n"]} bills`;
      },
    },
    {
      name: "most pay in time; credit and part payments are allocated",
      run: async () => {
        const owing = await scene.rows(`select distinct b.subscriber_id, s.account_number from bills b
          join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id order by s.account_number`);
        // Six of about fifty stay unpaid: enough to see, below the brake.
        for (const row of owing.slice(6)) await postPayment(scene, row["subscriber_id"] ?? "");
        const open = await scene.sql("select count(*) as n from bills where paid_centavos < total_centavos");
        assert.equal(Number(open["n"]), 6);
        return `${owing.length - 6} payments by form`;
      },
    },
    {
      name: "Tonight names who will be cut, and why; one is held",
      run: async () => {
        const cutOn = await scene.sql("select (max(due_on) + max(grace_days) + 1)::text as day from bills");
        await until(async () => {
          await move("cut_run");
          const now = await scene.sql(`select ((now() + business_offset_seconds * interval '1 second')
            at time zone time_zone)::date::text as day from tenants`);
          return (now["day"] ?? "") >= addDays(cutOn["day"] ?? "", -1);
        }, { timeoutMs: 120_000, everyMs: 1, what: "the day before the cut" });
        await user.open("/admin/tonight");
        const unpaid = await scene.rows(
          `select s.id, s.name, c.ppp_name, b.total_centavos - b.paid_centavos as owed
          from bills b join subscribers s on s.tenant_id = b.tenant_id and s.id = b.subscriber_id
          join subscriptions c on c.tenant_id = b.tenant_id and c.id = b.subscription_id
          where b.paid_centavos < b.total_centavos order by s.account_number`,
        );
        for (const row of unpaid) {
          user.expect(new RegExp(RegExp.escape(row["name"] ?? "?")));
        }
        const [first, ...rest] = unpaid;
        await user.open(`/admin/subscribers/${first?.["id"]}/hold`);
        await user.submit({
          action: /\/hold$/,
          fields: { until: addDays(cutOn["day"] ?? "", 3), reason: "Promised to pay on payday" },
        });
        scene.held = first?.["ppp_name"] ?? "";
        scene.cut = rest.map((row) => ({
          name: row["ppp_name"] ?? "",
          subscriber: row["id"] ?? "",
          owed: row["owed"] ?? "",
        }));
        return `${rest.length} to cut, 1 held`;
      },
    },
    {
      name: "the cut run: exactly these are off on the router, everybody else as before",
      run: async () => {
        await move("cut_run");
        const names = new Set(scene.cut.map((row) => row.name));
        await until(async () => {
          const { secrets, online } = await scene.router();
          return [...names].every((name) => secrets.get(name)?.disabled === true && !online.has(name));
        }, { timeoutMs: 30_000, what: "the unpaid are off on the router" });
        const { secrets } = await scene.router();
        for (const [name, before] of scene.routerBefore?.secrets ?? []) {
          assert.deepEqual(secrets.get(name), names.has(name) ? { ...before, disabled: true } : before, name);
        }
        assert.equal(secrets.get(scene.held)?.disabled, false, "who was held stays on");
        return `${names.size} cut`;
      },
    },
  ];
}

async function postPayment(scene: Scene, subscriberId: string): Promise<void> {
  const { user } = scene;
  await user.open(`/admin/payments/new?subscriber=${subscriberId}`);
  await user.submit({ action: "/admin/payments/new", button: "Post", fields: { method: "cash" } });
  user.expect(/RCPT-\d+/);
}

function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

function paySteps(scene: Scene): Step[] {
  const backOnline = async (name: string) => {
    const { secrets, online } = await scene.router();
    return secrets.get(name)?.disabled === false && online.has(name);
  };
  return [
    {
      name: "a payment brings the subscriber back at once",
      run: async () => {
        const [payer] = scene.cut;
        if (payer === undefined) throw new Error("Cannot pay: nobody was cut");
        await postPayment(scene, payer.subscriber);
        const startedAt = performance.now();
        const enabled = async () => (await scene.router()).secrets.get(payer.name)?.disabled === false;
        await until(enabled, { timeoutMs: 10_000, everyMs: 5, what: "the router has the payer enabled" });
        const tookMs = performance.now() - startedAt;
        await until(() => backOnline(payer.name), { timeoutMs: 15_000, what: "the payer dials in" });
        return `enabled on the router ${tookMs.toFixed(0)} ms after the receipt`;
      },
    },
    {
      name: "the agent dies; a payment waits; it comes back and only the payer is restored",
      run: async () => {
        const [, payer, ...others] = scene.cut;
        if (payer === undefined) throw new Error("Cannot pay: too few were cut");
        await scene.stack.killAgent();
        await postPayment(scene, payer.subscriber);
        assert.equal((await scene.router()).secrets.get(payer.name)?.disabled, true);
        await scene.stack.startAgent();
        await until(() => backOnline(payer.name), { timeoutMs: 30_000, what: "the payer is back" });
        const { secrets } = await scene.router();
        for (const other of others) assert.equal(secrets.get(other.name)?.disabled, true, other.name);
      },
    },
  ];
}

function faultSteps(scene: Scene): Step[] {
  const { stack } = scene;
  return [
    {
      name: "the web is killed and started again; another payment restores",
      run: async () => {
        const payer = scene.cut[2];
        if (payer === undefined) throw new Error("Cannot pay: too few were cut");
        await stack.killWeb();
        await stack.startWeb();
        await postPayment(scene, payer.subscriber);
        await until(async () => (await scene.router()).secrets.get(payer.name)?.disabled === false, {
          timeoutMs: 60_000,
          what: "the agent reconnects and enables the payer",
        });
      },
    },
    {
      name: "the books balance, asked with separate SQL",
      run: async () => {
        const trial = await scene.sql(
          "select coalesce(sum(amount_centavos), 0)::text as sum, count(*) as entries from ledger_entries",
        );
        assert.equal(trial["sum"], "0");
        const bills = await scene.sql(
          `select count(*) as n from bills b where paid_centavos <> coalesce((select sum(a.amount_centavos)
          from allocations a where a.tenant_id = b.tenant_id and a.bill_id = b.id and a.released_at is null), 0)`,
        );
        assert.equal(Number(bills["n"]), 0, "every bill's paid amount is the sum of its allocations");
        const receivable = await scene.sql(
          `select (select coalesce(sum(amount_centavos), 0) from ledger_entries where account = 'receivable')
          = (select coalesce(sum(total_centavos - paid_centavos), 0) from bills where status = 'issued') as same`,
        );
        assert.equal(String(receivable["same"]), "true", "receivable is what the open bills say");
        return `${trial["entries"]} entries, sum 0`;
      },
    },
    {
      name: "stop every part",
      run: async () => {
        const pids = [stack.webPid, stack.agentPid, stack.postgres.pid];
        await scene.books?.close();
        await stack.stop();
        for (const pid of pids) assert.ok(pid === null || !await isAlive(pid), `process ${pid} is gone`);
      },
    },
  ];
}

async function isAlive(pid: number): Promise<boolean> {
  const { code } = await new Deno.Command("kill", {
    args: ["-0", String(pid)],
    stdout: "null",
    stderr: "null",
  }).output();
  return code === 0;
}
