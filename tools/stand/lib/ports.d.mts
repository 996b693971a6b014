export const OWNER_HEADER: string;
export function isOurs(server: string, token: string | undefined): Promise<boolean>;
export function firstFree(first: number, count: number, addresses: readonly string[]): Promise<number | undefined>;
