import { askManyMails } from "../mail/(_parts)/many_question.tsx";

const question = askManyMails("reminder");

export default question.page;
export const { handler, route } = question;
