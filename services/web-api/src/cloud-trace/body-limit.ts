/** 25,000 spans with labels; Google takes about as much. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
