import { z } from "zod";
import { billingSuite } from "./billing.ts";
import { historySuite } from "./billing_history.ts";
import { routerosSuite } from "./routeros.ts";
import { routerosCaptureSuite } from "./routeros_captures.ts";
import { routerosVersionSuite } from "./routeros_versions.ts";
import { routerosSchemaSuite } from "./routeros_schema.ts";
import type { ConformanceCase, Suite } from "./types.ts";

const anything = z.unknown();
const airosFile = z.object({ expected: z.record(z.string(), anything) });
const scenariosFile = z.object({ scenarios: z.array(z.object({ id: z.string() }).loose()) });
const vectorsFile = z.object({ vectors: z.array(z.object({ id: z.string() }).loose()) });

/** Counted, so that what is still missing shows in every run. */
const airosSuite: Suite = {
  name: "airos",
  files: ["airos/expected.json"],
  split: ([file]) => {
    const { expected } = airosFile.parse(file);
    return new Map([["expected", Object.entries(expected).map(([id, content]) => ({ id, content }))]]);
  },
  kinds: { expected: null },
};

const paymongoSuite: Suite = {
  name: "paymongo",
  files: ["paymongo/scenarios.json", "paymongo/signature_vectors.json"],
  split: ([scenarios, vectors]) =>
    new Map([
      ["scenarios", scenariosFile.parse(scenarios).scenarios.map(withId)],
      ["signature_vectors", vectorsFile.parse(vectors).vectors.map(withId)],
    ]),
  kinds: { scenarios: null, signature_vectors: null },
};

/** Every suite of the fixtures folder. */
export const SUITES: readonly Suite[] = [
  billingSuite,
  historySuite,
  routerosSuite,
  routerosSchemaSuite,
  routerosCaptureSuite,
  routerosVersionSuite,
  airosSuite,
  paymongoSuite,
];

function withId(content: { id: string }): ConformanceCase {
  return { id: content.id, content };
}
