/** The most characters of each field of the company. */
export const COMPANY_MAX = { name: 120, phone: 40, email: 200, address: 300, waysToPay: 2000 } as const;

/** The most characters of what a company is registered with. */
export const REGISTRATION_MAX = { tin: 20, registeredName: 160 } as const;

/** A view of a list that a person keeps: characters of its name and of its filters, and how many of them. */
export const VIEW_MAX = { name: 60, query: 2000, views: 30 } as const;

/** For how many days a company may keep the lines of its system log. */
export const LOG_DAYS = { min: 30, max: 3650 } as const;
