import { join } from "node:path";
import * as z from "zod";
import {
  fromBase64Url,
  generateSealingKey,
  generateSigningKey,
  type SealingKeyPair,
  type SigningKeyPair,
  toBase64Url,
} from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import { JournalFile } from "./files.ts";

const keyBytes = z.string().transform((text, context) => {
  const bytes = fromBase64Url(text);
  if (bytes !== null && bytes.length > 0) return bytes;
  context.addIssue({ code: "custom", message: "not base64url" });
  return z.NEVER;
});
const storedPair = z.object({ private_key: keyBytes, public_key: keyBytes });
const storedKeys = z.object({ install_id: z.string(), identity: storedPair, sealing: storedPair });

/** What this installation is: made here, and the private halves never leave. */
export interface AgentKeys {
  installId: string;
  identity: SigningKeyPair;
  sealing: SealingKeyPair;
}

const storedEnrolment = z.object({
  server: z.string(),
  agent_id: z.uuid(),
  tenant_name: z.string(),
  site_name: z.string(),
  /** Pinned: only a revocation that this key signed makes the agent forget anything (R13). */
  server_public_key: z.string(),
  /** Set when such a revocation came. */
  revoked_at_ms: z.number().nullable().default(null),
});
export type Enrolment = z.infer<typeof storedEnrolment>;

export function enrolmentFile(folder: string, log: Logger): JournalFile<Enrolment> {
  return new JournalFile(join(folder, "enrolment.json"), storedEnrolment, log);
}

/** The keys on disk, or null before the first enrolment. */
export async function loadKeys(folder: string, log: Logger): Promise<AgentKeys | null> {
  const stored = await new JournalFile(join(folder, "keys.json"), storedKeys, log).load();
  return stored === null ? null : {
    installId: stored.install_id,
    identity: pairOf(stored.identity),
    sealing: pairOf(stored.sealing),
  };
}

/** Makes new keys and stores them before anybody is told of their public halves. */
export async function makeKeys(folder: string, log: Logger): Promise<AgentKeys> {
  const keys = {
    installId: crypto.randomUUID(),
    identity: await generateSigningKey(),
    sealing: await generateSealingKey(),
  };
  const file = new JournalFile(join(folder, "keys.json"), z.unknown(), log);
  await file.save({
    install_id: keys.installId,
    identity: storedPairOf(keys.identity),
    sealing: storedPairOf(keys.sealing),
  });
  return keys;
}

function pairOf(stored: z.infer<typeof storedPair>): SigningKeyPair {
  return { privateKey: stored.private_key, publicKey: stored.public_key };
}

function storedPairOf(pair: SigningKeyPair): { private_key: string; public_key: string } {
  return { private_key: toBase64Url(pair.privateKey), public_key: toBase64Url(pair.publicKey) };
}
