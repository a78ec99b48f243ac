import { list } from "./approvals/index.tsx";

export const { handler, route } = list.csv;
