import { describe, expect, it } from 'vitest';
import { decodeAll } from '../../test/decode-all.ts';
import { oracleSpans } from '../../test/oracle.ts';
import { recordedBodies } from '../../test/recorded-bodies.ts';

describe('RequestDecoder on bodies recorded from the OpenTelemetry demo', () => {
  const bodies = recordedBodies();

  it.skipIf(bodies.length === 0)('reads every span as protobufjs does', () => {
    let spans = 0;
    for (const body of bodies) {
      const ours = decodeAll(body);
      expect(ours).toEqual(oracleSpans(body, 'p'));
      spans += ours.length;
    }
    expect(bodies).toHaveLength(101);
    expect(spans).toBeGreaterThan(1_000);
  });
});
