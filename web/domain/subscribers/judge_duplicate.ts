/** How alike a known subscriber is to the one being added; scores are trigram similarities from 0 to 1. */
export interface Similarity {
  nameScore: number;
  addressScore: number;
  isSamePhone: boolean;
  isSameEmail: boolean;
  /** Letters of the address that is being added; a short one is shared by a whole street. */
  addressLength: number;
}

/** What makes two subscribers look like one. */
export type DuplicateReason = "phone" | "email" | "name" | "address";

const SAME_NAME = 0.62;
const LIKE_NAME = 0.45;
const LIKE_ADDRESS = 0.5;
const SAME_ADDRESS = 0.9;
const TELLING_ADDRESS = 20;

/**
 * Why a person should look before adding: the same phone or e-mail, nearly the same name, a similar name at a similar
 * address, or the same address where it names a house. Empty: two people.
 */
export function duplicateReasons(found: Similarity): DuplicateReason[] {
  const reasons: DuplicateReason[] = [];
  if (found.isSamePhone) reasons.push("phone");
  if (found.isSameEmail) reasons.push("email");
  const isNear = found.nameScore >= LIKE_NAME && found.addressScore >= LIKE_ADDRESS;
  if (found.nameScore >= SAME_NAME || isNear) reasons.push("name");
  const isSameAddress = found.addressScore >= SAME_ADDRESS && found.addressLength >= TELLING_ADDRESS;
  if (isSameAddress || isNear) reasons.push("address");
  return reasons;
}
