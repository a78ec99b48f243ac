/** The most characters of what is written on a payment. */
export const PAYMENT_MAX = { reference: 200, note: 200 } as const;
