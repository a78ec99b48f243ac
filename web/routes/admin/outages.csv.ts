import { list } from "./outages/index.tsx";

export const { handler, route } = list.csv;
