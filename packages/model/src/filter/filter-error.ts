import type { Filter } from './filter.ts';

/** Where a filter is broken, exactly enough to underline it. */
export interface FilterError {
  readonly message: string;
  /** 0-based UTF-16 offset into the filter. */
  readonly position: number;
  /** In UTF-16 units; 0 where something is missing. */
  readonly length: number;
  /** What could have stood there. */
  readonly expected: string;
}

/** `filter` is null for a text that asks for nothing, so everything matches. */
export type FilterResult =
  | { readonly ok: true; readonly filter: Filter | null }
  | { readonly ok: false; readonly error: FilterError };

/** How `parseCloudTraceFilter` and `parseQuery` read. */
export interface FilterOptions {
  /**
   * Compare attribute keys as they are written, as Google does, instead of under all names of the same HTTP
   * fact (`HTTP_NAME_ALIASES`). Default false.
   */
  readonly strictHttpNames?: boolean;
}

/** Unwinds a parser; never leaves this folder. */
export class FilterSyntaxError extends Error {
  readonly detail: FilterError;

  constructor(detail: FilterError) {
    super(detail.message);
    this.detail = detail;
  }
}

export const maxFilterLength = 8192;
export const maxFilterTerms = 200;
export const maxFilterDepth = 64;

/** Runs a parser over a text that is not too long, and answers its failure as a value. */
export function parsedFilter(text: string, parse: () => Filter | null): FilterResult {
  if (text.length > maxFilterLength) {
    const message = `the filter has ${text.length} characters, more than ${maxFilterLength}`;
    const expected = `at most ${maxFilterLength} characters`;
    return {
      ok: false,
      error: { message, position: maxFilterLength, length: text.length - maxFilterLength, expected },
    };
  }
  try {
    return { ok: true, filter: parse() };
  } catch (error) {
    if (error instanceof FilterSyntaxError) return { ok: false, error: error.detail };
    throw error;
  }
}
