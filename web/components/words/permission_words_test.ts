import assert from "node:assert/strict";
import { PERMISSION_GROUPS, PERMISSIONS, ROLE_NAMES } from "@/web/domain/access/mod.ts";
import { ENGLISH, LOCALES, translator } from "@/web/messages/mod.ts";
import { permissionGroupWords, permissionWords, roleWords } from "./permission_words.ts";

Deno.test("every permission, group and built-in role has words of its own in both languages", () => {
  for (const locale of LOCALES) {
    const t = translator(locale);
    const all = [
      PERMISSIONS.map((permission) => permissionWords(t, permission)),
      PERMISSION_GROUPS.map(({ group }) => permissionGroupWords(t, group)),
      ROLE_NAMES.map((role) => roleWords(t, role)),
    ];
    for (const words of all) {
      for (const text of words) assert.match(text, /^[A-Z][^.!]{3,}$/, `${locale}: ${text}`);
      assert.equal(new Set(words).size, words.length, `${locale}: two are said alike`);
    }
  }
});

Deno.test("no words stand for a permission, a group or a role that is gone", () => {
  const count = Object.keys(ENGLISH).filter((key) => key.startsWith("permissions.")).length;
  assert.equal(count, PERMISSIONS.length + PERMISSION_GROUPS.length + ROLE_NAMES.length);
});
