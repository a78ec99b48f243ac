/** Whether this is `deno task soak`: hours of what the gate does in minutes. */
const IS_SOAK = Deno.env.get("LINYA_SOAK") === "1";

/** How often something is tried: in the gate, and in a soak. */
export function soaked(gate: number, soak: number): number {
  return IS_SOAK ? soak : gate;
}
