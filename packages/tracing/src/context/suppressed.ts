import { type Context, ROOT_CONTEXT } from '@opentelemetry/api';
import { SUPPRESS_TRACING_KEY } from './span-frame.ts';

/** The context of what tracing itself asks of the network: nothing in it is traced. */
export const SUPPRESSED: Context = ROOT_CONTEXT.setValue(SUPPRESS_TRACING_KEY, true);
