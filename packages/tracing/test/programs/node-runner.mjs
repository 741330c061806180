// Spans in node:test: `node --test node-runner.mjs`. The second test fails, as its name says.
import { after, test } from 'node:test';
import { assertSpan, recordSpans } from '../../src/testing.ts';

const { tracing, spans } = recordSpans();
await tracing.start();
after(() => tracing.stop());

test('the store is asked once', async () => {
  tracing.traceRequest('handle')(() => tracing.traceRequest('load')(() => 1)())();
  const handle = await spans.waitFor('handle');
  assertSpan(spans.find('load'), { childOf: handle, status: 'unset' });
});

test('fails and says why', async () => {
  assertSpan(await spans.waitFor('handle'), { attributes: { id: 7 } });
});
