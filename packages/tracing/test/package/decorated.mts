// Compiled against the installed package's types, then run: a decorator, and types that come from the model.
import { type TracingOptions, TracingService } from '@utxoiq/tracing';
import type { CloudTraceClient } from '@utxoiq/tracing/cloud-trace';

const options: TracingOptions = { serviceName: 'decorated' };
const tracing = new TracingService(options);

class Insights {
  @tracing.traceRequest()
  async find(id: string): Promise<string> {
    return id.toUpperCase();
  }
}

/** Does not compile where the span's type came out as `any`. */
export type NameOfSpan = NonNullable<
  Awaited<ReturnType<CloudTraceClient['getTrace']>>
>[number]['name'] extends string
  ? 0 extends 1 & NonNullable<Awaited<ReturnType<CloudTraceClient['getTrace']>>>[number]['name']
    ? never
    : true
  : never;
export const spansAreTyped: NameOfSpan = true;

await tracing.start();
if ((await new Insights().find('a')) !== 'A') throw new Error('the decorator changed the result');
await tracing.stop();
