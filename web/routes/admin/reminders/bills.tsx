import { askManyMails } from "../mail/(_parts)/many_question.tsx";

const question = askManyMails("bill_issued");

export default question.page;
export const { handler, route } = question;
