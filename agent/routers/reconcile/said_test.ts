import assert from "node:assert/strict";
import type { HandChange } from "@/shared/protocol/mod.ts";
import { saidOf } from "./said.ts";

function change(
  name: string,
  kind: HandChange["kind"] = "disabled",
  after: string | null = null,
): HandChange {
  return { id: name, name, kind, before: null, after, said: null, found_ms: 1 };
}

function line(message: string, time = "10:00:00") {
  return { time, topics: ["system", "info"], message };
}

/** What is told of ana. */
function said(changed: HandChange, ...messages: (string | ReturnType<typeof line>)[]): string | null {
  const lines = messages.map((item) => typeof item === "string" ? line(item) : item);
  return saidOf([changed], lines, "linya").get(changed.id) ?? null;
}

Deno.test("a line that names the account goes before one that names none", () => {
  assert.equal(
    said(
      change("ana"),
      "ppp secret changed by ops",
      "ppp secret <ana> changed by winbox:admin@10.0.0.5",
      "ppp secret <ana2> changed by winbox:ops@10.0.0.6",
    ),
    "10:00:00 ppp secret <ana> changed by winbox:admin@10.0.0.5",
  );
});

Deno.test("lines about others, other topics, other menus and our own user tell nothing", () => {
  assert.equal(said(change("ana"), "ppp secret <ben> changed by admin"), null);
  assert.equal(said(change("ana"), "ppp secret changed by linya"), null);
  assert.equal(said(change("ana"), "ppp secret removed by admin"), null);
  assert.equal(said(change("ana", "deleted"), "ppp secret changed by admin"), null);
  assert.equal(said(change("ana"), "ppp secret added by admin"), null);
  assert.equal(
    said(change("ana"), "user ppp secret changed by admin logged in from 10.0.0.2 via api"),
    null,
    "a name that somebody made up is no line of the router's about accounts",
  );
  assert.equal(said(change("ana"), "filter rule changed by admin", "user admin logged in via winbox"), null);
  assert.equal(
    said(change("ana"), { ...line("ppp secret changed by admin"), topics: ["script", "info"] }),
    null,
  );
});

Deno.test("several that differ tell nothing; the same words more than once are told without a time", () => {
  assert.equal(said(change("ana"), "ppp secret changed by admin", "ppp secret changed by ops"), null);
  assert.equal(
    said(
      change("ana"),
      line("ppp secret changed by admin", "10:00:00"),
      line("ppp secret changed by admin", "11:00:00"),
    ),
    "ppp secret changed by admin",
  );
});

Deno.test("a renamed account is known by either name", () => {
  const renamed = change("ana", "renamed", "anita");
  assert.equal(
    said(renamed, "ppp secret <anita> changed by admin"),
    "10:00:00 ppp secret <anita> changed by admin",
  );
});
