import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { assertOk } from "@/tests/support/expect.ts";
import type { TestStack } from "@/tests/support/stack.ts";
import { until } from "@/tests/support/until.ts";
import { generateSecrets } from "@/sim/routeros/mod.ts";
import type { RouteEntry } from "@/web/app/route_table.ts";
import type { Permission } from "@/web/domain/access/mod.ts";
import { startImport } from "@/web/services/imports/start_import.ts";
import { updateSubscriber } from "@/web/services/subscribers/update_subscriber.ts";
import { permissionsOf } from "./_people.ts";
import type { Visitor } from "./_visitor.ts";

const NASTY = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `';--`,
  "{{7*7}}",
  `\u202egnp.exe`,
];

/** Fields that pass the forms' checks, naming our things, so that nothing but the guard can refuse them. */
export function plausible(ids: ReadonlyMap<string, string>): Record<string, string> {
  const until = Temporal.Now.plainDateISO().add({ days: 20 }).toString();
  return {
    reason: "because",
    note: "because",
    kind: "admin",
    until,
    on: until,
    held: "",
    days: "3",
    name: "Renamed",
    price: "1.00",
    host: "192.0.2.7",
    port: "8728",
    username: "linya",
    password: "secret",
    connection: ids.get("tonight") ?? "",
    id: ids.get("tonight") ?? "",
    action: "hold",
    run: ids.get("runs") ?? "",
    routerId: ids.get("routers") ?? "",
    subscriber: ids.get("subscribers") ?? "",
    key: crypto.randomUUID(),
    amount: "5",
    method: "cash",
    received: Temporal.Now.plainDateISO().toString(),
    disabledPolicy: "skip",
    firstBillOn: until,
    to: "day",
  };
}

export async function assertRole(
  person: Visitor,
  role: string,
  entry: RouteEntry,
  path: string,
  _csrf: string,
): Promise<void> {
  const isAllowed = entry.permission === "signed_in" ||
    permissionsOf(role).has(entry.permission as Permission);
  const where = `${role}: ${entry.method} ${path}`;
  if (!isAllowed) {
    const answer = entry.method === "GET" ? await person.get(path) : await person.post(path, { _csrf });
    assert.equal(answer.status, 404, where);
    assertNothingOfOurs(answer.html, where, /Core-1|SOA-0|RCPT-0/);
  } else if (entry.method === "GET") {
    const { status } = await person.get(path);
    // The demo's pages exist only in the demo, and the end of the audit log only after its first night.
    const isAbsent = entry.pattern.startsWith("/admin/demo") || entry.pattern === "/admin/audit/head.json";
    const answers = isAbsent ? [404] : [200, 303];
    assert.ok(answers.includes(status), `${where}: ${status}`);
  }
}

export function assertNothingOfOurs(
  html: string,
  where: string,
  ours = /Ilaya Net|Core-1|SOA-0|RCPT-0|ana\.|begoña/,
): void {
  assert.doesNotMatch(html, ours, `${where} shows something of ours`);
}

/** Counts and sums that any change of ours would move. */
export async function fingerprint(provider: TestStack): Promise<unknown> {
  // Whoever takes a list out of Linya has done nothing but that.
  const [row] = await provider.query(
    `select (select count(*)::int from audit_entries where tenant_id = $1 and action not like 'export.%') as audit,
      (select count(*)::int from payments where tenant_id = $1) as payments,
      (select sum(paid_centavos)::text from bills where tenant_id = $1) as paid,
      (select count(*)::int from holds where tenant_id = $1 and ended_at is null) as holds,
      (select count(*)::int from block_reasons where tenant_id = $1 and removed_at is null) as blocks,
      (select count(*)::int from plans where tenant_id = $1) as plans,
      (select count(*)::int from commands where tenant_id = $1) as commands,
      (select string_agg(name, ',') from sites where tenant_id = $1) as sites,
      (select string_agg(name || host, ',') from routers where tenant_id = $1) as routers`,
    [provider.tenantId],
  );
  return row;
}

/** Names and comments as an attacker would write them: on the router, and in a form. */
export async function plant(provider: TestStack): Promise<void> {
  const { context, tenantId, actor, router, lines } = provider;
  const secrets = generateSecrets(NASTY.length, 5).map((secret, i) => ({
    ...secret,
    name: `${i}${NASTY[i]}`,
    comment: `${NASTY[i]} / 0917 000 0000`,
  }));
  provider.stack.addSecrets(router.name, secrets);
  await provider.query(
    "update import_batches set status = 'failed' where tenant_id = $1 and status = 'review'",
    [tenantId],
  );
  const { batchId } = assertOk(await startImport(context, tenantId, actor, { routerId: router.id }));
  const isRead = async () =>
    (await provider.query("select 1 from import_batches where id = $1 and status = 'review'", [batchId]))
      .length === 1;
  await until(isRead, { timeoutMs: 20_000, what: "the import is read" });
  const [first, second] = lines;
  for (const [line, name] of [[first, NASTY[0]], [second, "=cmd|' /C calc'!A0"]] as const) {
    assertOk(
      await updateSubscriber(context, tenantId, actor, {
        subscriberId: line?.subscriberId ?? "",
        name: name ?? "",
        phone: null,
        email: null,
        address: NASTY[1] ?? null,
        notes: NASTY[1] ?? null,
      }),
    );
  }
}

/** No element that the planted text would have made, no script and no style without the page's nonce. */
export function assertInert(html: string, path: string): void {
  const { document } = parseHTML(html);
  assert.equal(
    document.querySelectorAll('img[src="x"], [onerror]').length,
    0,
    `${path}: an image was injected`,
  );
  for (const script of document.querySelectorAll("script, style")) {
    const type = script.getAttribute("type") ?? "";
    assert.ok(
      script.hasAttribute("nonce") || type === "application/json",
      `${path}: ${script.outerHTML.slice(0, 80)}`,
    );
    assert.doesNotMatch(script.textContent ?? "", /alert\(1\)/, path);
  }
}

export function assertHeaders(headers: Headers, html: string, path: string): void {
  const policy = headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'/, path);
  assert.match(policy, /base-uri 'none'/, path);
  assert.match(policy, /frame-ancestors 'none'/, path);
  assert.doesNotMatch(policy, /unsafe-/, path);
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
  assert.ok(nonce !== undefined && nonce.length >= 16, path);
  for (const [, used] of html.matchAll(/ nonce="([^"]+)"/g)) assert.equal(used, nonce, path);
  assert.equal(headers.get("x-content-type-options"), "nosniff", path);
  assert.equal(headers.get("cache-control"), "no-store", path);
}

/** A request line exactly as written: fetch would tidy the address first. */
export async function rawGet(
  base: string,
  path: string,
): Promise<{ status: number; head: string; body: string }> {
  const { hostname, port, host } = new URL(base);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  await socket.write(
    new TextEncoder().encode(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
  );
  const text = await new Response(socket.readable).text();
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body };
}
