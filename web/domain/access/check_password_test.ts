import assert from "node:assert/strict";
import { checkPassword, type PasswordOwner } from "./check_password.ts";

const OWNER: PasswordOwner = {
  email: "Maria.Santos@barangaynet.ph",
  name: "María Peñaflor Santos",
  company: "Barangay Net Cable & Fiber",
};
const COMMON = new Set([
  "password",
  "basketball",
  "babygirl",
  "dragon",
  "sunshine",
  "whatever",
  "letmein",
  "admin",
]);

Deno.test.each([
  { password: "kape sa umaga", code: null },
  { password: "Tubig-at-liwanag", code: null },
  { password: "tatlong manok sa bubong", code: null },
  { password: "8fK2-qPzw", code: null },
  { password: "mahal kong dragon 7 ulo", code: null },
  { password: "short", code: "password_too_short" },
  { password: "x".repeat(201), code: "password_too_long" },
  { password: "Password123", code: "password_common" },
  { password: "P@ssw0rd2026!", code: "password_common" },
  { password: "!!Basketball#1", code: "password_common" },
  { password: "b4sk3tb411", code: "password_common" },
  { password: "BABYGIRL", code: "password_common" },
  { password: "baby girl", code: "password_common" },
  { password: "adminadmin", code: "password_common" },
  { password: "dragondragondragon", code: "password_common" },
  { password: "sunshine2025", code: "password_common" },
  { password: "123123123", code: "password_common" },
  { password: "abcabcabc", code: "password_common" },
  { password: "aaaaaaaaaa", code: "password_common" },
  { password: "12345678", code: "password_common" },
  { password: "87654321", code: "password_common" },
  { password: "qwerty123456", code: "password_common" },
  { password: "1qaz2wsx", code: "password_common" },
  { password: "asdfghjkl;", code: "password_common" },
  { password: "zxcvbnm1234", code: "password_common" },
  { password: "mahalkita", code: "password_common" },
  { password: "Mahal kita 143", code: "password_common" },
  { password: "pilipinas2026", code: "password_common" },
  { password: "mikrotik88", code: "password_common" },
  { password: "09171234567", code: "password_common" },
  { password: "19900612", code: "password_common" },
  { password: "maria.santos99", code: "password_personal" },
  { password: "MariaSantos", code: "password_personal" },
  { password: "peñaflor1990", code: "password_personal" },
  { password: "penaflor!!", code: "password_personal" },
  { password: "santosmaria", code: "password_personal" },
  { password: "s4nt0ss4nt0s", code: "password_personal" },
  { password: "barangaynet", code: "password_personal" },
  { password: "BarangayNetCableFiber1", code: "password_personal" },
  { password: "Maria.Santos@barangaynet.ph", code: "password_personal" },
])("checkPassword judges $password", ({ password, code }) => {
  const result = checkPassword(password, OWNER, COMMON);
  assert.equal(result.ok ? null : result.code, code);
});

Deno.test("a short or missing name makes nothing personal", () => {
  const nobody = { email: "a@b.ph", name: "Al", company: "" };
  assert.ok(checkPassword("kape sa umaga", nobody, COMMON).ok);
  assert.ok(checkPassword("al fresco dinner", nobody, COMMON).ok);
});
