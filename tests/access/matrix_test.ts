import assert from "node:assert/strict";
import { FakeControl } from "@/tests/demo/fake_control.ts";
import { generateSigningKey } from "@/shared/crypto/mod.ts";
import { checkAudit } from "@/web/services/check_audit.ts";
import { assertOk } from "@/tests/support/expect.ts";
import { createWebApp, type PageUser, type WebApp } from "@/tests/support/web_app.ts";
import { playedMorning } from "@/tests/cuts/tonight_isp.ts";
import type { Isp } from "@/tests/billing/isp.ts";
import { testLinks } from "@/tests/mail/_world.ts";
import { formatted } from "@/tools/gen/schema.ts";
import { MATRIX_PERSONS, type MatrixAnswer, type MatrixPerson } from "@/tools/gen/matrix.ts";
import { MATRIX_FILE, readMatrix, writeMatrix } from "@/tools/gen/matrix_page.ts";
import { loadRouteTable } from "@/web/app/load_route_table.ts";
import { type RouteEntry, subjectOf } from "@/web/app/route_table.ts";
import { currentNav } from "@/web/components/frame/nav.ts";
import { inviteStaff } from "@/web/services/access/invite_staff.ts";
import { makeResetLink } from "@/web/services/access/reset_password.ts";
import { LiveHub } from "@/web/services/live/live_hub.ts";
import { listRoles } from "@/web/store/access/roles.ts";
import { setMemberState } from "@/web/store/access/members.ts";
import { upsertLogo } from "@/web/store/settings/tenant_logos.ts";
import type { PathSubject } from "@/web/store/access/path_subjects.ts";
import { everything } from "./_everything.ts";
import { addNeighbour } from "./_neighbour.ts";
import { splitSites } from "./_two_sites.ts";

const BASE = "http://linya.test";
const TABLE = await loadRouteTable();
/** Pages of something that a company without any past does not have. */
const NEEDS_SOMETHING = ["/admin/audit/head.json", "/admin/tonight/approve", "/admin/tonight/run"];

Deno.test("docs/matrix.md is what the route table says (`deno task gen` makes it again)", async () => {
  const page = await Deno.readTextFile(MATRIX_FILE);
  assert.equal(page, await formatted(writeMatrix(TABLE), "md"));
  const keys = TABLE.map(({ method, pattern }) => `${method} ${pattern}`);
  assert.deepEqual([...readMatrix(page).keys()].toSorted(), keys.toSorted());
});

Deno.test("every route answers each person as docs/matrix.md says, and what is refused as what is not there", async () => {
  await using played = await playedMorning();
  const { isp } = played;
  const world = await openWorld(isp);
  const rows = readMatrix(await Deno.readTextFile(MATRIX_FILE));
  const before = await countEntries(isp);
  const walks = await Promise.all(MATRIX_PERSONS.map((person, column) => walk(world, person, column, rows)));
  assert.deepEqual(walks.flatMap(({ wrong }) => wrong), []);
  const asked = walks.reduce((sum, each) => sum + each.asked, 0);
  assert.equal(asked, TABLE.length * MATRIX_PERSONS.length);
  assert.equal(await countEntries(isp), before, "nothing was changed");
  await world.app.security.settled();
  await world.hub.stop();
});

interface World {
  app: WebApp;
  hub: LiveHub;
  /** Path of each pattern with things of the first site in it. */
  pathOf(entry: RouteEntry): string;
  cookieOf(person: MatrixPerson): Promise<string | null>;
}

async function openWorld(isp: Isp): Promise<World> {
  const { first, second } = await splitSites(isp);
  const ids = await ofFirstSite(isp, await everything(isp));
  await putLogo(isp);
  await checkAudit({ ...isp.context, signing: await generateSigningKey() }, isp.tenantId);
  const links = testLinks();
  Object.assign(isp.context, { links });
  const { clock, log } = isp.context;
  const hub = new LiveHub({ clock, log, databaseUrl: null });
  const app = await createWebApp(isp.context, { demo: new FakeControl(), liveHub: hub });
  const samples = { ...await samplesOf(isp, links), ...await codesOf(isp, app) };
  const neighbour = await addNeighbour(isp);
  const siteOf = { "everywhere": null, "its site": [first], "another site": [second] };
  return {
    app,
    hub,
    pathOf: ({ pattern }) => samples[pattern] ?? fill(pattern, ids, samples),
    async cookieOf({ roles, where = "everywhere", isElsewhere, isDisabled }) {
      if (roles === null && !isDisabled) return null;
      const [role, ...also] = roles ?? ["Owner"];
      const tenantId = isElsewhere ? neighbour : isp.tenantId;
      const user = await app.signIn(tenantId, role ?? [], { siteIds: siteOf[where], also });
      if (isDisabled) await disable(isp, user);
      return user.cookie;
    },
  };
}

/** A path for what is no id of ours, and where a page needs to be told of what it is. */
async function samplesOf(isp: Isp, links: ReturnType<typeof testLinks>): Promise<Record<string, string>> {
  const subscriberId = isp.subscriberIds[0]!;
  const { bill, sequence } = await isp.run(async (trx) => ({
    bill: await trx.selectFrom("bills").select(["id", "link_generation"])
      .where("subscriber_id", "=", subscriberId).executeTakeFirstOrThrow(),
    sequence: (await trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
      .orderBy("sequence").executeTakeFirstOrThrow()).sequence,
  }));
  const publicBill = new URL(await links.billAddress(bill)).pathname;
  return {
    "/b/:token": publicBill,
    "/m/:token": new URL(await links.mailAddress(isp.tenantId, subscriberId)).pathname,
    ":token": publicBill.split("/")[2]!,
    ":entry": sequence.toString(),
    ":list": "subscribers",
    ":occasion": "bill_issued",
    ":kind": "refund",
    ":language": "en",
  };
}

/** Links of an invitation and of a new password that still open. */
async function codesOf(isp: Isp, app: WebApp): Promise<Record<string, string>> {
  const [owner, other] = [await app.signIn(isp.tenantId, "Owner"), await app.signIn(isp.tenantId, "Cashier")];
  const actor = { kind: "staff", label: "Owner", staffUserId: owner.staffUserId } as const;
  const roleIds = await isp.run(async (trx) => (await listRoles(trx)).slice(0, 1).map(({ id }) => id));
  const asked = { email: "new@matrix.test", name: "New", roleIds };
  const invited = assertOk(await inviteStaff(isp.context, isp.tenantId, actor, asked));
  const { staffUserId } = other;
  const reset = assertOk(await makeResetLink(isp.context, isp.tenantId, actor, { staffUserId }));
  return { "/invite/:code": `/invite/${invited.code}`, "/reset/:code": `/reset/${reset.code}` };
}

/** The same with a bill and a payment of people at the first site. */
async function ofFirstSite(
  isp: Isp,
  ids: Record<PathSubject, string>,
): Promise<Record<PathSubject, string>> {
  const people = isp.subscriberIds.filter((_id, n) => n % 2 === 0);
  return await isp.run(async (trx) => {
    const first = async (table: "bills" | "payments") =>
      (await trx.selectFrom(table).select("id").where("tenant_id", "=", isp.tenantId)
        .where("subscriber_id", "in", people).orderBy("id").executeTakeFirstOrThrow()).id;
    return { ...ids, bills: await first("bills"), payments: await first("payments") };
  });
}

function fill(
  pattern: string,
  ids: Record<PathSubject, string>,
  samples: Record<string, string>,
): string {
  const subject = subjectOf(pattern);
  return pattern.replace(/:[a-z]+/g, (name) => {
    const value = name === ":id" && subject !== null ? ids[subject] : samples[name];
    assert.ok(value !== undefined, `${pattern}: there is no sample of ${name}`);
    return value;
  });
}

/** A picture of one dot. */
const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A bill's public page has it as a file of its own. */
async function putLogo(isp: Isp): Promise<void> {
  const bytes = Uint8Array.fromBase64(DOT);
  await isp.run((trx) => upsertLogo(trx, { type: "png", bytes, changed_at: isp.clock.now() }));
}

async function disable(isp: Isp, { staffUserId }: PageUser): Promise<void> {
  await isp.run((trx) => setMemberState(trx, staffUserId, { state: "disabled", at: isp.clock.now() }));
}

/** Changes of the company; what somebody takes out of a list is written down, and is none. */
async function countEntries(isp: Isp): Promise<number> {
  const entries = await isp.run((trx) =>
    trx.selectFrom("audit_entries").select("sequence").where("tenant_id", "=", isp.tenantId)
      .where("subject_kind", "<>", "export").execute()
  );
  return entries.length;
}

/** One person asks for every route. A form is sent without its token: whoever may send it is told that, and changes nothing. */
async function walk(
  world: World,
  person: MatrixPerson,
  column: number,
  rows: ReadonlyMap<string, string[]>,
): Promise<{ asked: number; wrong: string[] }> {
  const cookie = await world.cookieOf(person);
  const ask = askerOf(world, cookie);
  const absent = new Map<string, Promise<Answer>>();
  const wrong: string[] = [];
  for (const entry of TABLE) {
    const name = `${entry.method} ${entry.pattern}`;
    const expected = rows.get(name)?.[column] as MatrixAnswer | undefined;
    const path = world.pathOf(entry);
    const answer = await ask(entry.method, path);
    const given = kindOf(entry, answer);
    const isOwn = expected === "own" &&
      (given === "opens" || given === "404" && NEEDS_SOMETHING.includes(entry.pattern));
    if (!isOwn && given !== expected) {
      wrong.push(`${person.name}, ${name}: ${answer.status} ${answer.location}, not ${expected}`);
    }
    if (answer.status !== 404 || entry.audience !== "staff") continue;
    const blank = await blankOf(entry, path, { ask, absent });
    if (blank.status !== 404 || answer.body !== blank.body) {
      wrong.push(`${person.name}, ${name}: another 404`);
    }
  }
  return { asked: TABLE.length, wrong };
}

/**
 * What is not there, in the same part of the menu: an address without a page, and for a thing one that nobody has. Both are
 * asked for once.
 */
async function blankOf(
  { method, pattern }: RouteEntry,
  path: string,
  { ask, absent }: { ask: Ask; absent: Map<string, Promise<Answer>> },
): Promise<Answer> {
  const isOfThing = subjectOf(pattern) !== null;
  const key = `${method} ${isOfThing ? pattern : currentNav(path)}`;
  if (!absent.has(key)) {
    const nobodys = pattern.replace(/:[a-z]+/g, crypto.randomUUID());
    absent.set(key, ask(method, isOfThing ? nobodys : `${path}/nothing-here`));
  }
  return await absent.get(key)!;
}

type Ask = (method: string, path: string) => Promise<Answer>;

interface Answer {
  status: number;
  location: string;
  /** Without what differs from answer to answer. */
  body: string;
}

function askerOf({ app }: World, cookie: string | null): Ask {
  return async (method: string, path: string): Promise<Answer> => {
    const headers = { origin: BASE, ...(cookie === null ? {} : { cookie }) };
    const body = method === "POST" ? { body: new URLSearchParams() } : {};
    const response = await app.handler(new Request(BASE + path, { method, headers, ...body }));
    const isNeeded = response.status === 404;
    const text = isNeeded ? await response.text() : "";
    if (!isNeeded) await response.body?.cancel();
    return {
      status: response.status,
      location: (response.headers.get("location") ?? "").replace(BASE, ""),
      body: text.replace(/name="back" value="[^"]*"|[\w-]{22,}(?:\.[\w-]+)*|nonce="[^"]*"/g, ""),
    };
  };
}

function kindOf(entry: RouteEntry, { status, location }: Answer): MatrixAnswer | number {
  if (status === 404) return "404";
  if (status >= 500) return status;
  if (location.startsWith("/login") && entry.audience === "staff") return "sign in";
  // Nothing is looked at without the form's token, so this is as far as a form gets here.
  if (entry.method === "POST" && entry.audience === "staff") return status === 403 ? "opens" : status;
  return "opens";
}
