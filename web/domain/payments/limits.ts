/** The most characters of what is written on a payment. */
export const PAYMENT_MAX = { reference: 200, note: 200 } as const;

/** The most characters of what a one-time charge is for, and of the number of a BIR invoice. */
export const CHARGE_MAX = { what: 120, birInvoiceNo: 60 } as const;

/** How far back a balance from other books may lie. */
export const OPENING_MAX = { years: 10 } as const;

/** Tax that a subscriber withholds, in basis points: at most, and as most do. The accountant confirms it. */
export const WITHHOLDING = { rateBpMax: 3200, rateBp: 200 } as const;
