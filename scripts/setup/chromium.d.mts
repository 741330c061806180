/** The path of a Chromium, or null. `CHROMIUM_PATH` wins. */
export function findChromium(environment?: Readonly<Record<string, string | undefined>>): string | null;
export function ensureChromium(log: (line: string) => void): string | null;
