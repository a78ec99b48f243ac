/** The most characters of each field of a subscriber: in the database, the services, the forms and an import alike. */
export const CONTACT_MAX = {
  name: 160,
  phone: 40,
  email: 254,
  address: 400,
  barangay: 120,
  city: 120,
  notes: 2000,
} as const;
