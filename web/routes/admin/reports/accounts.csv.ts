import { list } from "./accounts/index.tsx";

export const { handler, route } = list.csv;
