// What a keystroke in the filter bar costs: parsing, completion and colours of the whole text, as the bar does on each.
// node bench/viewer/filter.ts

import { performance } from 'node:perf_hooks';
import { completeQuery, parseQuery } from '@utxoiq/model';
import { highlight } from '../../packages/viewer/src/explore/highlight.ts';

const maxBytes = 8192;
const rounds = 300;

/** As long as a filter may be, from pieces of the kind. */
function filled(piece: (index: number) => string, between: string): string {
  const parts: string[] = [];
  for (let length = 0, index = 0; ; index += 1) {
    const part = piece(index);
    length += part.length + between.length;
    if (length > maxBytes) return parts.join(between);
    parts.push(part);
  }
}

const texts: Readonly<Record<string, string>> = {
  'as people write': 'service=checkout status=error duration>=500ms http.response.status_code>=500',
  '8 KiB of terms': filled((index) => `attribute.${index}="value ${index}"`, ' OR '),
  '8 KiB in brackets': filled((index) => `(service=s${index} NOT status=error)`, ' '),
  '8 KiB of one value': `name="${'x'.repeat(maxBytes - 8)}"`,
  '8 KiB of open brackets': '('.repeat(maxBytes),
  '8 KiB of quotes': '"'.repeat(maxBytes),
  '8 KiB without an end': `a="${'\\"'.repeat(maxBytes / 2 - 2)}`,
};

function millisecondsOf(run: () => unknown): { p50: number; p99: number } {
  for (let round = 0; round < 50; round += 1) run();
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return { p50: times[rounds >> 1] ?? 0, p99: times[Math.floor(rounds * 0.99)] ?? 0 };
}

for (const [what, text] of Object.entries(texts)) {
  const parse = millisecondsOf(() => parseQuery(text));
  const complete = millisecondsOf(() => completeQuery(text, text.length));
  const colours = millisecondsOf(() => highlight(text));
  const all = [parse, complete, colours].map(({ p50, p99 }) => `${p50.toFixed(2)} (p99 ${p99.toFixed(2)})`);
  console.log(`${what}: parse ${all[0]} ms, completion ${all[1]} ms, colours ${all[2]} ms`);
}
