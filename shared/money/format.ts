import type { Centavos } from "./centavos.ts";

/** For people: `₱1,499.00`, `-₱200.00`. */
export function formatPeso(amount: Centavos): string {
  const [whole = "0", cents = "00"] = unsignedPlain(amount).split(".");
  return `${amount < 0n ? "-" : ""}₱${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`;
}

/** For inputs and CSV: `1499.00`, `-200.00`. */
export function formatCentavosPlain(amount: Centavos): string {
  return (amount < 0n ? "-" : "") + unsignedPlain(amount);
}

function unsignedPlain(amount: Centavos): string {
  const size = amount < 0n ? -amount : amount;
  return `${size / 100n}.${(size % 100n).toString().padStart(2, "0")}`;
}
