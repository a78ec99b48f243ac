import assert from "node:assert/strict";
import { duplicateReasons } from "./mod.ts";

const STRANGER = {
  nameScore: 0.2,
  addressScore: 0.1,
  isSamePhone: false,
  isSameEmail: false,
  addressLength: 30,
};

Deno.test("strangers are not duplicates, and neighbours of a purok are not either", () => {
  assert.deepEqual(duplicateReasons(STRANGER), []);
  assert.deepEqual(duplicateReasons({ ...STRANGER, addressScore: 1, addressLength: 8 }), []);
  assert.deepEqual(duplicateReasons({ ...STRANGER, nameScore: 0.5 }), []);
});

Deno.test("the same phone, e-mail, house or nearly the same name is worth a look", () => {
  assert.deepEqual(duplicateReasons({ ...STRANGER, isSamePhone: true }), ["phone"]);
  assert.deepEqual(duplicateReasons({ ...STRANGER, isSameEmail: true }), ["email"]);
  assert.deepEqual(duplicateReasons({ ...STRANGER, nameScore: 0.7 }), ["name"]);
  assert.deepEqual(duplicateReasons({ ...STRANGER, addressScore: 0.95 }), ["address"]);
  assert.deepEqual(duplicateReasons({ ...STRANGER, nameScore: 0.5, addressScore: 0.6 }), ["name", "address"]);
});
