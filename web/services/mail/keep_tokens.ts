import type { Kysely } from "kysely";
import type { Clock } from "@/shared/clock.ts";
import type { Logger } from "@/shared/log.ts";
import type { AccessToken, GivenToken, KeptTokens } from "@/web/gateways/mail/types.ts";
import type { MasterKeys } from "@/web/gateways/master_key/mod.ts";
import type { Database } from "@/web/store/db/schema.ts";
import { withTenant } from "@/web/store/db/tenant_transaction.ts";
import { lockMailRevision, updateRefreshToken } from "@/web/store/mail/mail_servers.ts";
import { sealSecret } from "../secrets/mod.ts";
import { mailSecretPlace } from "./open_mail_server.ts";

/** What tokens are kept with. */
export interface TokenOptions {
  db: Kysely<Database>;
  masterKeys: MasterKeys;
  clock: Clock;
  log: Logger;
}

/** Whose login it is. */
export interface TokenOwner {
  tenantId: string;
  /** Of the settings that hold the login. */
  revision: number;
  refreshToken: string;
}

/** A token is used no longer than this before its end: a login takes a while. */
const MARGIN_MS = 60_000;

interface Kept {
  revision: number;
  askedMs: number;
  /** Null: it is being asked for. */
  untilMs: number | null;
  token: Promise<AccessToken>;
}

/**
 * Keeps the tokens of each tenant until shortly before they end: connections share them, and nobody is asked for one per
 * connection. In memory only.
 */
export class TokenKeeper {
  readonly #options: TokenOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** The tokens of a login. After a trouble with the server none that is kept is believed: it may have been taken back. */
  of(owner: TokenOwner, { isDoubted }: { isDoubted: boolean }): KeptTokens {
    if (isDoubted) this.#kept.delete(owner.tenantId);
    return { take: (ask) => this.#take(owner, ask) };
  }

  async #take(owner: TokenOwner, ask: () => Promise<GivenToken>): Promise<AccessToken> {
    const { tenantId, revision } = owner;
    const nowMs = this.#options.clock.now().epochMilliseconds;
    const before = this.#kept.get(tenantId);
    if (before !== undefined && before.revision === revision && isGood(before, nowMs)) {
      return await before.token;
    }
    const token = renewToken(this.#options, owner, ask);
    const kept: Kept = { revision, askedMs: nowMs, untilMs: null, token };
    this.#kept.set(tenantId, kept);
    try {
      const given = await token;
      kept.untilMs = nowMs + given.expiresInMs - MARGIN_MS;
      return given;
    } catch (error) {
      if (this.#kept.get(tenantId) === kept) this.#kept.delete(tenantId);
      throw error;
    }
  }
}

/** One of a clock that was set back since is not believed. */
function isGood({ askedMs, untilMs }: Kept, nowMs: number): boolean {
  return untilMs === null || (askedMs <= nowMs && nowMs < untilMs);
}

/**
 * Asks for a token. The refresh token that comes with it takes the place of the one that it was asked with: Microsoft's end
 * 90 days after they were given, and every answer brings a new one. It is stored before the other is used.
 */
export async function renewToken(
  options: TokenOptions,
  owner: TokenOwner,
  ask: () => Promise<GivenToken>,
): Promise<AccessToken> {
  const { refreshToken, ...token } = await ask();
  if (refreshToken !== null && refreshToken !== owner.refreshToken) {
    try {
      await storeRefreshToken(options, owner, refreshToken);
    } catch (error) {
      // Mail goes on with the token of now, and the next answer brings another one.
      options.log.warn("mail_refresh_token_not_kept", { tenant_id: owner.tenantId, error });
    }
  }
  return token;
}

/** Not over settings that were saved meanwhile. */
async function storeRefreshToken(
  { db, masterKeys }: TokenOptions,
  { tenantId, revision }: TokenOwner,
  refreshToken: string,
): Promise<void> {
  await withTenant(db, tenantId, async (trx) => {
    if (await lockMailRevision(trx) !== revision) return;
    const place = mailSecretPlace(trx, "oauth_refresh_token_sealed");
    await updateRefreshToken(trx, {
      revision,
      sealed: await sealSecret(trx, masterKeys, place, refreshToken),
    });
  });
}
