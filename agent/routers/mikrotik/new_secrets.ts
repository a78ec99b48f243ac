import { type PppSecretRow, SECRET_FIELDS_FULL } from "./rows.ts";
import { findSecrets } from "./secrets.ts";
import type { RouterOsSession } from "./session.ts";

/** A PPPoE account that is to be made. */
export interface NewSecretRow {
  name: string;
  password: string;
  /** Null: the router's default profile. */
  profile: string | null;
  disabled: boolean;
  comment: string;
}

/** What may change of an account by its id. A null profile is left as it is. */
export type SecretRowChange =
  & Pick<NewSecretRow, "password" | "comment">
  & Partial<Pick<NewSecretRow, "profile" | "disabled">>;

/** The secrets of one account with everything but the password: more than one when one is for any service. */
export async function findSecretsFull(session: RouterOsSession, account: string): Promise<PppSecretRow[]> {
  const found = await findSecrets(session, [account], { priority: "restore", fields: SECRET_FIELDS_FULL });
  return found.get(account) ?? [];
}

/** Adds an account, in one sentence: it is there with all its fields or not at all. */
export async function addSecret(session: RouterOsSession, secret: NewSecretRow): Promise<void> {
  const { name, password, profile, disabled, comment } = secret;
  await session.call("/ppp/secret/add", {
    name,
    password,
    service: "pppoe",
    ...(profile === null ? {} : { profile }),
    disabled,
    comment,
  }, { priority: "restore" });
}

/** Changes one account by its id. */
export async function setSecret(
  session: RouterOsSession,
  id: string,
  change: SecretRowChange,
): Promise<void> {
  const { profile, ...rest } = change;
  await session.call("/ppp/secret/set", {
    numbers: id,
    ...rest,
    ...(profile === undefined || profile === null ? {} : { profile }),
  }, { priority: "restore" });
}
