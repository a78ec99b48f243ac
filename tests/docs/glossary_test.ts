import assert from "node:assert/strict";
import {
  BILL_WORDS,
  COMMAND_WORDS,
  CONNECTION_WORDS,
  DEVICE_WORDS,
  LINK_WORDS,
} from "@/web/components/words/state_words.ts";
import { BILL_STATUS_WORDS } from "@/web/domain/billing/mod.ts";
import { SUBSCRIPTION_STATE_WORDS } from "@/web/domain/network/mod.ts";
import { ENGLISH, type MessageKey } from "@/web/messages/mod.ts";

const KINDS = {
  Bill: { words: BILL_WORDS, key: "bill" },
  Service: { words: CONNECTION_WORDS, key: "service" },
  Link: { words: LINK_WORDS, key: "link" },
  Command: { words: COMMAND_WORDS, key: "command" },
  Device: { words: DEVICE_WORDS, key: "device" },
} as const;

Deno.test("the glossary explains every state word, and no other", async () => {
  const glossary = await Deno.readTextFile(new URL("../../docs/glossary.md", import.meta.url));
  for (const [title, { words }] of Object.entries(KINDS)) {
    const section = new RegExp(`^### ${title}\n([\\s\\S]*?)(?=^#|$(?![\\s\\S]))`, "m").exec(glossary)?.[1] ??
      "";
    const rows = [...section.matchAll(/^\| ([^|]+?) +\| ([^|]*?) *\|$/gm)].map(([, word = ""]) => word)
      .filter((word) => word !== "word" && !word.startsWith("-"));
    assert.deepEqual(rows, Object.values(words).map(({ word }) => word), title);
  }
});

Deno.test("pages in English say the fixed words of CSV files", () => {
  for (const { words, key } of Object.values(KINDS)) {
    for (const [state, { word }] of Object.entries(words)) {
      assert.equal(ENGLISH[`words.${key}_${state}` as MessageKey], word);
    }
  }
});

Deno.test("the domain's words for states are the same words", () => {
  for (const [status, word] of Object.entries(BILL_STATUS_WORDS)) {
    assert.equal(word, BILL_WORDS[status as keyof typeof BILL_WORDS].word);
  }
  const { pending_install, ...others } = SUBSCRIPTION_STATE_WORDS;
  assert.equal(pending_install, CONNECTION_WORDS.pending.word);
  for (const [state, word] of Object.entries(others)) {
    assert.equal(word, CONNECTION_WORDS[state as keyof typeof CONNECTION_WORDS].word);
  }
});
