import assert from "node:assert/strict";
import { checkPassword } from "@/web/domain/access/mod.ts";
import { loadCommonPasswords } from "./mod.ts";

const SOMEBODY = { email: "ana@example.com", name: "Ana Cruz", company: "Ilaya Fiber" };

Deno.test("the shipped list has far more than 3,000 passwords that the length rule would accept", async () => {
  const common = await loadCommonPasswords();
  const accepted = [...common].filter((password) => password.length >= 8);
  assert.ok(accepted.length > 10_000, String(accepted.length));
  assert.deepEqual(accepted.filter((password) => checkPassword(password, SOMEBODY, common).ok), []);
});

Deno.test.each([
  "babygirl",
  "basketball",
  "123123123",
  "adminadmin",
  "Iloveyou1!",
  "jordan23jordan23",
  "tinkerbell",
])(
  "%s is refused",
  async (password) => {
    const result = checkPassword(password, SOMEBODY, await loadCommonPasswords());
    assert.equal(result.ok ? null : result.code, "password_common");
  },
);

Deno.test("sentences that nobody else has are accepted", async () => {
  const common = await loadCommonPasswords();
  for (
    const password of [
      "kape sa umaga",
      "ulan sa bubong namin",
      "correct horse battery staple",
      "Xk29-vb7Q-ma",
    ]
  ) {
    assert.ok(checkPassword(password, SOMEBODY, common).ok, password);
  }
});
