import { list } from "./report.tsx";

export const { handler, route } = list.csv;
