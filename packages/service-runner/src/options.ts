/** An option of the environment that cannot be used: which, what is expected, what came. */
export class ConfigError extends Error {
  readonly code = 'INVALID_OPTION';
  readonly option: string;

  constructor(option: string, expected: string, came: string | undefined) {
    super(`${option}: expected ${expected}, got ${came === undefined ? 'nothing' : JSON.stringify(came)}`);
    this.name = 'ConfigError';
    this.option = option;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads typed options; an empty value counts as not set. */
export class OptionReader {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  integer(name: string, fallback: number, range: { min: number; max: number }): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value;
    throw new ConfigError(name, `a whole number from ${range.min} to ${range.max}`, text);
  }

  port(name: string, fallback: number): number {
    return this.integer(name, fallback, { min: 0, max: 65_535 });
  }

  flag(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined || text === 'false' || text === '0') return false;
    if (text === 'true' || text === '1') return true;
    throw new ConfigError(name, 'true or false', text);
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new ConfigError(name, `one of ${choices.join(', ')}`, text);
    return found;
  }

  logLevel(): string {
    return this.choice('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info');
  }

  /** Of a place that paths are put behind. */
  url(name: string): string | undefined {
    return this.address(name)?.replace(/\/+$/, '');
  }

  /** A URL as it was written, to the last slash. */
  address(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (URL.canParse(text) && /^https?:/.test(text)) return text;
    throw new ConfigError(name, 'an http or https URL', text);
  }

  list(name: string): readonly string[] {
    const items = (this.text(name) ?? '').split(',').map((item) => item.trim());
    return items.filter((item) => item !== '');
  }
}
