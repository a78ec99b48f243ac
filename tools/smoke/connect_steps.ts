import assert from "node:assert/strict";
import { ROUTER_LOGIN } from "../stack/mod.ts";
import { ROUTER, type Scene } from "./scene.ts";
import type { Step } from "./steps.ts";
import { openBooks } from "./witness.ts";

const PASSWORD = "lugaw tuwing umaga";

/** Router of the smoke run. RouterOS 6.49: what the third-party client understands. */
export const SMOKE_ROUTER = {
  name: ROUTER,
  version: "6.49.10",
  serialNumber: "HE108SMOKE01",
  secrets: 60,
  seed: 3,
};

/** From nothing to a router that answers. */
export function connectSteps(scene: Scene): Step[] {
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

/** From PPP secrets to subscribers. */
export function importSteps(scene: Scene): Step[] {
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
        await user.openUntil(path.replace(/\/confirm$/, ""), /Undo import/, 60_000);
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
