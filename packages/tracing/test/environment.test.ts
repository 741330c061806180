import { describe, expect, it } from 'vitest';
import type { TracingOptions } from '../src/config/options.ts';
import { TracingService } from '../src/index.ts';

const settings = (env: Record<string, string>, options: TracingOptions = {}) =>
  new TracingService({ ...options, flushOnExit: false }, env).settings;

describe('the standard variables', () => {
  it.each([
    ['OTEL_SDK_DISABLED', 'true', { enabled: false }],
    ['OTEL_TRACES_EXPORTER', 'none', { enabled: false }],
    ['OTEL_SERVICE_NAME', 'web-api', { serviceName: 'web-api' }],
    ['GCP_PROJECT_ID', 'prod', { projectId: 'prod', projectIsKnown: true }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://c:4318/', { tracesUrl: 'http://c:4318/v1/traces' }],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://c/spans', { tracesUrl: 'http://c/spans' }],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', { protocol: 'grpc', tracesUrl: 'http://127.0.0.1:4317' }],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json', { protocol: 'http/protobuf' }],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=1, b = x%3Dy', { headers: { a: '1', b: 'x=y' } }],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '250', { exportTimeoutMs: 250 }],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip', { compression: 'gzip' }],
    ['OTEL_BSP_SCHEDULE_DELAY', '1000', { queue: { flushIntervalMs: 1000 } }],
    ['OTEL_BSP_SCHEDULE_DELAY', '0', { queue: { flushIntervalMs: 1 } }],
    ['OTEL_PROPAGATORS', 'tracecontext,b3', { propagator: { formats: ['tracecontext', 'b3'] } }],
    ['OTEL_PROPAGATORS', 'none', { propagator: { formats: [] } }],
    ['OTEL_SERVICE_NAME', '', { serviceName: 'unknown_service:node' }],
  ])('%s=%s', (name, value, expected) => {
    expect(settings({ [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', { attributeCountLimit: 7 }],
    ['OTEL_ATTRIBUTE_COUNT_LIMIT', { attributeCountLimit: 7 }],
    ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', { attributeValueLengthLimit: 7 }],
    ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', { attributeValueLengthLimit: 7 }],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', { eventCountLimit: 7 }],
    ['OTEL_SPAN_LINK_COUNT_LIMIT', { linkCountLimit: 7 }],
    ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', { attributePerEventCountLimit: 7 }],
    ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', { attributePerLinkCountLimit: 7 }],
  ])('%s sets a limit of spans', (name, expected) => {
    expect(settings({ [name]: '7' }).limits).toMatchObject(expected);
  });

  it("the span's own limit wins over the general one, an option over both", () => {
    const env = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '5', OTEL_ATTRIBUTE_COUNT_LIMIT: '7' };
    expect(settings(env).limits.attributeCountLimit).toBe(5);
    expect(settings(env, { limits: { attributeCountLimit: 9 } }).limits.attributeCountLimit).toBe(9);
  });

  it.each([
    [undefined, undefined, 'ParentBased{root=AlwaysOnSampler'],
    ['always_on', undefined, 'AlwaysOnSampler'],
    ['always_off', undefined, 'AlwaysOffSampler'],
    ['traceidratio', '0.25', 'TraceIdRatioBased{0.25}'],
    ['parentbased_always_off', undefined, 'ParentBased{root=AlwaysOffSampler'],
    ['parentbased_traceidratio', '0.5', 'ParentBased{root=TraceIdRatioBased{0.5}'],
  ])('OTEL_TRACES_SAMPLER=%s with %s', (name, argument, expected) => {
    const env = {
      ...(name !== undefined && { OTEL_TRACES_SAMPLER: name }),
      ...(argument !== undefined && { OTEL_TRACES_SAMPLER_ARG: argument }),
    };
    expect(settings(env).sampler.toString()).toContain(expected);
  });

  it('a name of its own wins over OTEL_RESOURCE_ATTRIBUTES, an option over both', () => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=listed,gcp.project_id=listed,team=a%20b',
      OTEL_SERVICE_NAME: 'named',
      GCP_PROJECT_ID: 'named-project',
    };
    expect(settings({ OTEL_RESOURCE_ATTRIBUTES: env.OTEL_RESOURCE_ATTRIBUTES })).toMatchObject({
      serviceName: 'listed',
      projectId: 'listed',
      resourceAttributes: { 'service.name': 'listed', 'gcp.project_id': 'listed', team: 'a b' },
    });
    expect(settings(env).resourceAttributes).toMatchObject({
      'service.name': 'named',
      'gcp.project_id': 'named-project',
    });
    const given = { serviceName: 'given', resourceAttributes: { 'service.name': 'x', team: 'mine' } };
    expect(settings(env, given).resourceAttributes).toMatchObject({ 'service.name': 'given', team: 'mine' });
  });

  it.each([
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_PROPAGATORS', 'jaeger'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'smoke'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'nonsense'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon'],
    ['OTEL_SPAN_EVENT_COUNT_LIMIT', '-1'],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'lz4'],
  ])('%s=%s is refused, with what came', (name, value) => {
    const sampler = name === 'OTEL_TRACES_SAMPLER_ARG' ? { OTEL_TRACES_SAMPLER: 'traceidratio' } : {};
    expect(() => settings({ ...sampler, [name]: value })).toThrow(value);
  });
});
