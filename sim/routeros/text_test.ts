import assert from "node:assert/strict";
import { encodeSentence, SentenceDecoder } from "@/shared/routeros/mod.ts";
import { bytesOfText } from "@/shared/text/mod.ts";
import { startRouterOsSim } from "./server.ts";
import { codePageText } from "./text.ts";

Deno.test("a text in a code page has its letters' bytes there", () => {
  assert.notEqual(codePageText("niño"), "niño");
  assert.equal(bytesOfText(codePageText("niño €5 ł")).toHex(), "6e69f16f208035203f");
  assert.equal(codePageText(codePageText("niño")), codePageText("niño"));
});

Deno.test("a name in UTF-8 and one in a code page are two accounts, each found by its own bytes", async () => {
  const sim = startRouterOsSim();
  try {
    for (const name of ["niño", codePageText("niño")]) {
      sim.world.addSecret({
        name,
        password: "x",
        profile: "default",
        service: "pppoe",
        comment: null,
        callerId: "",
        remoteAddress: null,
        disabled: false,
        dialing: false,
      });
    }
    const conn = await Deno.connect({ hostname: sim.host, port: sim.port });
    const name = Uint8Array.fromHex("3d6e756d626572733d6e69f16f"); // =numbers=ni\xf1o
    await conn.write(encodeSentence(["/login", "=name=admin", "=password=admin"]));
    await conn.write(encodeSentence(["/ppp/secret/disable", name]));
    await conn.write(encodeSentence(["/ppp/secret/print", "=.proplist=name,disabled"]));
    const decoder = new SentenceDecoder();
    const rows: string[] = [];
    for await (const chunk of conn.readable) {
      const sentences = decoder.push(chunk);
      for (const sentence of sentences) {
        if (sentence.words[0] === "!re") {
          rows.push(`${bytesOfText(sentence.words[1] ?? "").toHex()} ${sentence.words[2]}`);
        }
      }
      if (rows.length === 2) break;
    }
    assert.deepEqual(rows, [
      "3d6e616d653d6e69c3b16f =disabled=false",
      "3d6e616d653d6e69f16f =disabled=true",
    ]);
  } finally {
    await sim.close();
  }
});
