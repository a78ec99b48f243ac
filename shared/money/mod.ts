/** Money: whole centavos in bigint, so that no amount is ever rounded by accident. */
export { add, type Centavos, centavos, min, subtract, sum, ZERO } from "./centavos.ts";
export { multiplyRounded } from "./rounding.ts";
export { AMOUNT_MAX, parsePeso, type PesoProblem } from "./parse.ts";
export { formatCentavosPlain, formatPeso } from "./format.ts";
