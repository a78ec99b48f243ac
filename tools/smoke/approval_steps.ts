import assert from "node:assert/strict";
import { until } from "@/tests/support/until.ts";
import { FormUser } from "./form_user.ts";
import type { Scene } from "./scene.ts";
import type { Step } from "./steps.ts";

const PERSON = { email: "ben@smoke.test", name: "Ben Reyes" };
/** Enough to end a service without asking, were there no policy, and to decide about the requests of others. */
const MAY = [
  "today:read",
  "subscriber:read",
  "bill:read",
  "bill:void",
  "approval:read",
  "service_end:approve",
];

/** A second person, and what one of them asks for and the other decides. */
export function approvalSteps(scene: Scene): Step[] {
  const { user: owner } = scene;
  let asked = { path: "", name: "" };
  const isOff = async () => (await scene.router()).secrets.get(asked.name)?.disabled;
  return [
    {
      name: "a person is invited with a role that the owner made, and signs in by the link",
      run: async () => {
        await owner.open("/admin/roles/new");
        await owner.submit({
          action: "/admin/roles/new",
          fields: { name: "Desk", where: "everywhere", permission: MAY },
        });
        const roleId = /\/admin\/roles\/([0-9a-f-]{36})/.exec(owner.url)?.[1] ?? "";
        await owner.open("/admin/staff/invite");
        await owner.submit({ action: "/admin/staff/invite", fields: { ...PERSON, role: [roleId] } });
        const [, link] = /https?:\/\/[^/\s"]+(\/invite\/[\w-]{43})/.exec(owner.html) ?? [];
        assert.ok(link !== undefined, `the page shows the link. It says: ${owner.text.slice(0, 400)}`);
        const ben = new FormUser(scene.stack.url);
        await ben.open(link);
        await ben.submit({ action: link, fields: { password: "siomai tuwing biyernes" } });
        ben.expect(/Today/);
        await ben.open("/admin/staff");
        assert.equal(ben.status, 404, "a page that the role does not allow is not there");
        const late = await new FormUser(scene.stack.url).open(link);
        assert.equal(late.page.querySelector('[name="password"]'), null, "the link works once");
        scene.invited = ben;
      },
    },
    {
      name: "a cancellation is asked for, and its approval is refused to the asker",
      run: async () => {
        const policy = "/admin/settings/approvals/service_end";
        await owner.open(policy);
        await owner.submit({ action: policy, fields: { mode: "always", binds: "everyone", days: "3" } });
        const ben = invitedIn(scene);
        const { secrets } = await scene.router();
        const paid = await scene.rows(PAID_LINES, [scene.held]);
        const line = paid.find((row) => secrets.get(row["ppp_name"] ?? "")?.disabled === false);
        if (line === undefined) throw new Error("Cannot end a service: nobody who has paid is on");
        const last = await scene.sql(`select ((now() + business_offset_seconds * interval '1 second')
          at time zone time_zone)::date::text as day from tenants`);
        const query = new URLSearchParams({
          connection: line["id"] ?? "",
          last: last["day"] ?? "",
          unused: "no_credit",
        });
        await ben.open(`/admin/subscribers/${line["subscriber_id"]}/end?${query}`);
        await ben.submit({
          action: /\/end$/,
          button: "Ask for approval",
          fields: { reason: "Moves to Cebu" },
        });
        ben.expect(/Asked for\. Nothing changes before somebody approves it/);
        const request = await scene.sql("select id, revision from approval_requests where state = 'asked'");
        asked = { path: `/admin/approvals/${request["id"]}`, name: line["ppp_name"] ?? "" };
        await ben.open(asked.path);
        ben.expect(/This is your own request/);
        assert.equal(ben.page.querySelector('[name="decision"]'), null, "no button to decide");
        await ben.send(asked.path, { decision: "approve", revision: String(request["revision"]), seen: "" });
        assert.ok(ben.status >= 400, `it answers ${ben.status}`);
        assert.match(ben.text, /This is your own request/);
        assert.equal(await isOff(), false, "the line stays on");
        return asked.name;
      },
    },
    {
      name: "approved by another: the line ends on the router",
      run: async () => {
        await owner.open(asked.path);
        await owner.submit({ action: asked.path, button: "Approve" });
        owner.expect(/Approved and done/);
        await until(async () => await isOff() === true, {
          timeoutMs: 30_000,
          what: "the line is off on the router",
        });
        const told = await scene.sql("select decided_by from approval_requests");
        assert.equal(told["decided_by"], "Ana");
        await invitedIn(scene).open(asked.path);
        invitedIn(scene).expect(/Approved/);
        return asked.name;
      },
    },
  ];
}

/** Those that owe nothing, of people whom no other step needs. */
const PAID_LINES = `select c.id, c.subscriber_id, c.ppp_name from subscriptions c
  join subscribers s on s.tenant_id = c.tenant_id and s.id = c.subscriber_id
  where c.status = 'active' and c.ppp_name <> $1 and s.email is null
    and not exists (select from bills b where b.tenant_id = c.tenant_id
      and b.subscription_id = c.id and b.paid_centavos < b.total_centavos)
    and not exists (select from block_reasons k where k.tenant_id = c.tenant_id
      and k.subscription_id = c.id and k.removed_at is null)
  order by c.ppp_name desc`;

function invitedIn({ invited }: Scene): FormUser {
  if (invited === null) throw new Error("Cannot go on: nobody was invited");
  return invited;
}
