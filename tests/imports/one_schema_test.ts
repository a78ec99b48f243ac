import assert from "node:assert/strict";
import fc from "fast-check";
import { DesiredStore } from "@/agent/journal/desired_store.ts";
import { silentLogger } from "@/shared/log.ts";
import {
  agentMessage,
  commandSpecs,
  type DesiredSecret,
  formatFrame,
  type ImportedSecret,
  MAX_NAME_LENGTH,
  type ObservedSecret,
  parseFrame,
  stateHash,
  webMessage,
} from "@/shared/protocol/mod.ts";
import { textOfBytes } from "@/shared/text/mod.ts";
import {
  findIssues,
  importKey,
  isBlocked,
  issuesOf,
  managedService,
  type ReadSecret,
} from "@/web/domain/imports/mod.ts";

const ROUTER = "0198c0de-0000-7000-8000-000000000a01";
const LINEAGE = "0198c0de-0000-4000-8000-000000000b01";
const UNKNOWN = { onThisRouter: new Set<string>(), elsewhere: new Map<string, string>() };
const KEY = { router_id: ROUTER, lineage: LINEAGE, seq: 1, ack: 0 };

/** What an agent of any release sends of a secret, through JSON and the schema, as an import gets it. */
function read(row: ImportedSecret): ReadSecret {
  const sent: unknown = JSON.parse(JSON.stringify({ secrets: [row], profiles: [] }));
  const parsed = commandSpecs["router.read_secrets"].part.parse(sent);
  const { name, profile, disabled, comment, caller_id: callerId, service } = parsed.secrets[0]!;
  return { name, profile, disabled, comment, callerId, service };
}

function imported(over: Partial<ImportedSecret>): ImportedSecret {
  return {
    name: "juan",
    profile: "10M",
    disabled: false,
    service: "pppoe",
    comment: null,
    caller_id: null,
    remote_address: null,
    ...over,
  };
}

function codesOf(over: Partial<ImportedSecret>): string[] {
  const [row] = findIssues([read(imported({ comment: "Juan", ...over }))], UNKNOWN);
  return issuesOf(row?.issue ?? null).map(({ code }) => code);
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }).map(textOfBytes),
  fc.constantFrom(
    "",
    " ",
    "\u00a0",
    "\0",
    "a\nb",
    "\ud800",
    "a\udfff",
    "\uef00",
    "niño",
    "__proto__",
    "l2tp//juan",
  ),
  fc.integer({ min: 120, max: 400 }).map((length) => "ñ".repeat(length)),
  fc.integer({ min: 60, max: 300 }).map((length) => "👩‍👧".repeat(length)),
  fc.integer({ min: 250, max: 260 }).map((length) => `${"x".repeat(length)}😀`),
);
const anySecret = fc.record({
  name: anyText,
  profile: anyText,
  disabled: fc.boolean(),
  service: fc.oneof(fc.constantFrom("pppoe", "any", "l2tp", "sstp", "isdn", ""), anyText),
  comment: fc.option(anyText),
  caller_id: fc.option(anyText),
  remote_address: fc.option(anyText),
});

Deno.test("what an import accepts, the state message carries and the agent stores", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const store = new DesiredStore(folder, ROUTER, silentLogger);
    let generation = 0n;
    await fc.assert(
      fc.asyncProperty(fc.array(anySecret, { minLength: 1, maxLength: 12 }), async (rows) => {
        const accepted = findIssues(rows.map(read), UNKNOWN).filter(({ issue }) => !isBlocked(issue));
        const secrets = accepted.map((row): DesiredSecret => ({
          name: row.name,
          service: managedService(row.service) ?? "pppoe",
          profile: row.profile === "" ? null : row.profile,
          disabled: row.disabled,
          authorisation: null,
        }));
        generation += 1n;
        const hash = await stateHash(secrets);
        const frame = formatFrame({
          ...KEY,
          t: "state.snapshot",
          generation,
          hash,
          part: 1,
          parts: 1,
          secrets,
          authorisations: [],
        });
        const parsed = parseFrame(webMessage, frame);
        assert.ok(parsed.ok, parsed.ok ? "" : parsed.problem.message);
        assert.equal(parsed.message.t, "state.snapshot");
        if (parsed.message.t !== "state.snapshot") return;
        assert.deepEqual(parsed.message.secrets, secrets, "nothing is cut or changed on the way");
        const outcome = await store.applySnapshot(parsed.message);
        assert.equal(outcome.kind, "stored");
        await store.load();
        assert.deepEqual(
          store.current?.secrets.map(({ name }) => name).sort(),
          accepted.map(importKey).sort(),
        );
      }),
      { numRuns: 300 },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a router's own profile, address and caller of any length never stop a report", () => {
  fc.assert(fc.property(anyText, anyText, anyText, (profile, address, caller_id) => {
    const secret: ObservedSecret = {
      name: "juan",
      present: true,
      disabled: false,
      profile,
      online: true,
      address,
      caller_id,
      uptime_seconds: 1,
      drift: "profile",
    };
    const parsed = parseFrame(
      agentMessage,
      formatFrame({
        ...KEY,
        t: "state.report",
        applied_generation: 1n,
        report_id: crypto.randomUUID(),
        part: 1,
        parts: 1,
        complete: true,
        took_ms: 1,
        secrets: [secret],
        drift_count: 1,
        held_count: 0,
      }),
    );
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.problem.message);
  }));
});

Deno.test.each(
  [
    ["ppp_name_too_long", { name: "x".repeat(MAX_NAME_LENGTH + 1) }],
    ["ppp_name_too_long", { name: "x".repeat(5_000) }],
    ["ppp_name_blank", { name: "" }],
    ["ppp_name_blank", { name: "   " }],
    ["ppp_name_unprintable", { name: "juan\ncruz" }],
    ["ppp_name_unprintable", { name: "juan\0" }],
    ["ppp_name_unprintable", { name: "juan\ud800" }],
    ["profile_too_long", { profile: "x".repeat(MAX_NAME_LENGTH + 1) }],
    ["profile_unprintable", { profile: "10M\t" }],
    ["profile_unprintable", { profile: "10M\0" }],
  ] as const,
)("a secret is refused with %s", (code, over) => {
  assert.deepEqual(codesOf(over), [code]);
});

Deno.test("names at the limit, in any letters, are taken", () => {
  for (const name of ["x", "ñ", textOfBytes(Uint8Array.of(0xf1)), "😀"]) {
    assert.deepEqual(codesOf({ name: name.repeat(MAX_NAME_LENGTH / name.length) }), []);
  }
  assert.deepEqual(codesOf({ profile: "" }), []);
});
