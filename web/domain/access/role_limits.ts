import type { Permission } from "./permissions.ts";

/**
 * What a role may carry beside its permissions: the most that one act may come to. Amounts are centavos; each bounds
 * what one permission allows.
 */
export const ROLE_LIMITS = {
  discount_centavos: "plan:write",
  credit_centavos: "memo:post",
  void_centavos: "bill:void",
  reverse_centavos: "payment:reverse",
  refund_centavos: "refund:post",
  backdating_days: "payment:post",
  hold_days: "hold:write",
} as const satisfies Record<string, Permission>;

/** Name of a limit. */
export type RoleLimit = keyof typeof ROLE_LIMITS;

/** Every limit, in the order of the role page. */
export const ROLE_LIMIT_KINDS = Object.keys(ROLE_LIMITS) as readonly RoleLimit[];
