import { SEAL_VERSION, sign, toBase64Url } from "@/shared/crypto/mod.ts";
import type { Logger } from "@/shared/log.ts";
import { enrolmentStatement, enrolResponse, linkRefusal, parseEnrolmentCode } from "@/shared/protocol/mod.ts";
import { done, type Outcome, refuse } from "@/agent/outcome.ts";
import { type Enrolment, enrolmentFile, loadKeys, makeKeys } from "../journal/enrolment_files.ts";
import { makePrivateFolder, messageOf } from "../journal/files.ts";

export interface EnrolOptions {
  server: string;
  code: string;
  folder: string;
  version: string;
  /** Gives up the identity that is there. */
  replace: boolean;
  log: Logger;
  /** @default 15000 */
  timeoutMs?: number;
}

export type EnrolProblem =
  | "bad_code"
  | "bad_server"
  | "already_enrolled"
  | "unreachable"
  | "not_our_server"
  | "refused";

/** Exchanges a one-time code for an identity. Keys are made here, on disk before anybody hears of them; private halves stay. */
export async function enrol(options: EnrolOptions): Promise<Outcome<Enrolment, EnrolProblem>> {
  const server = readServer(options.server);
  if (server === null) {
    return refuse(
      "bad_server",
      `Cannot use the server address "${options.server}": write it like https://isp.example`,
    );
  }
  if (parseEnrolmentCode(options.code) === null) {
    return refuse(
      "bad_code",
      "This is not an enrolment code. It has 20 letters and digits, like ID4X-SECRETSECRETSECR. Copy it again from Sites.",
    );
  }
  await makePrivateFolder(options.folder);
  const file = enrolmentFile(options.folder, options.log);
  const before = await file.load();
  if (before !== null && before.revoked_at_ms === null && !options.replace) {
    return refuse(
      "already_enrolled",
      `This folder is enrolled for ${before.site_name} of ${before.tenant_name}. Add --replace to give that up.`,
    );
  }
  const answer = await ask(server, options);
  if (!answer.ok) return answer;
  await file.save(answer.value);
  return answer;
}

async function ask(server: string, options: EnrolOptions): Promise<Outcome<Enrolment, EnrolProblem>> {
  const keys = await loadKeys(options.folder, options.log) ?? await makeKeys(options.folder, options.log);
  const statement = {
    code: options.code,
    identity_public_key: toBase64Url(keys.identity.publicKey),
    sealing_public_key: toBase64Url(keys.sealing.publicKey),
    install_id: keys.installId,
  };
  const signature = toBase64Url(await sign(keys.identity.privateKey, enrolmentStatement(statement)));
  let status: number;
  let text: string;
  try {
    const response = await fetch(new URL("agent/v1/enrol", server), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...statement, version: options.version, seal_version: SEAL_VERSION, signature }),
      signal: AbortSignal.timeout(options.timeoutMs ?? 15_000),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    return refuse(
      "unreachable",
      `Cannot reach ${server}: ${
        messageOf(error)
      }. Check the address and this machine's network, then run the same command again.`,
    );
  }
  return readAnswer(server, status, text);
}

function readAnswer(server: string, status: number, text: string): Outcome<Enrolment, EnrolProblem> {
  const json = parseJson(text);
  if (status === 200) {
    const answer = enrolResponse.safeParse(json);
    if (answer.success) return done({ server, ...answer.data, revoked_at_ms: null });
  }
  const refusal = linkRefusal.safeParse(json);
  if (refusal.success && refusal.data.code !== "not_found") return refuse("refused", refusal.data.message);
  return refuse(
    "not_our_server",
    `The server at ${server} answered ${status}, and not as Linya's agent address does. Copy the address from Sites.`,
  );
}

function readServer(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    return null;
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A web page, say: judged as not ours by the caller.
    return null;
  }
}
