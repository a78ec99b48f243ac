/** Makes mails of facts: subject, HTML and plain text, in the subscriber's language and the company's look. */
export { LOGO_CID, type MailLook, type RenderedMail, renderMail } from "./render_mail.ts";
export { renderStaffMail, type StaffMailFacts } from "./staff_mail.ts";
export { type MailTexts, shippedTexts } from "./shipped_texts.ts";
export { sampleFacts } from "./sample_facts.ts";
