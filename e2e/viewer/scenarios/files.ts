import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { idOf, otlpJson } from '../traffic.ts';
import { dropFile, type Scenario } from '../visitor.ts';

const traceId = idOf('dropped', 32);
const [rootId, childId] = [idOf('f1', 16), idOf('f2', 16)];
const baseMs = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(baseMs + ms).toISOString();
const micros = (ms: number) => (baseMs + ms) * 1000;

/** The same two spans in each format that can be dropped. */
const formats: readonly { readonly name: string; readonly content: unknown }[] = [
  {
    name: 'OTLP JSON',
    content: otlpJson({
      traceId,
      service: 'from-a-file',
      baseMs,
      spans: [
        { id: 'f1', name: 'dropped root', startMs: 0, endMs: 10 },
        {
          id: 'f2',
          parent: 'f1',
          name: 'dropped child',
          startMs: 2,
          endMs: 5,
          attributes: { colour: 'blue' },
        },
      ],
    }),
  },
  {
    name: 'Jaeger JSON',
    content: {
      data: [
        {
          traceID: traceId,
          processes: { p1: { serviceName: 'from-a-file', tags: [] } },
          spans: [
            {
              traceID: traceId,
              spanID: rootId,
              operationName: 'dropped root',
              references: [],
              startTime: micros(0),
              duration: 10_000,
              tags: [],
              logs: [],
              processID: 'p1',
            },
            {
              traceID: traceId,
              spanID: childId,
              operationName: 'dropped child',
              references: [{ refType: 'CHILD_OF', traceID: traceId, spanID: rootId }],
              startTime: micros(2),
              duration: 3000,
              tags: [{ key: 'colour', type: 'string', value: 'blue' }],
              logs: [],
              processID: 'p1',
            },
          ],
        },
      ],
    },
  },
  {
    name: 'Zipkin JSON',
    content: [
      {
        traceId,
        id: rootId,
        name: 'dropped root',
        timestamp: micros(0),
        duration: 10_000,
        localEndpoint: { serviceName: 'from-a-file' },
      },
      {
        traceId,
        id: childId,
        parentId: rootId,
        name: 'dropped child',
        timestamp: micros(2),
        duration: 3000,
        localEndpoint: { serviceName: 'from-a-file' },
        tags: { colour: 'blue' },
      },
    ],
  },
  {
    name: 'Cloud Trace v1 JSON',
    content: {
      projectId: 'somewhere',
      traceId,
      spans: [
        { spanId: '1', name: 'dropped root', startTime: at(0), endTime: at(10) },
        {
          spanId: '2',
          parentSpanId: '1',
          name: 'dropped child',
          startTime: at(2),
          endTime: at(5),
          labels: { colour: 'blue' },
        },
      ],
    },
  },
];

/** The child below the root, with what it carries. */
async function expectBothSpans(page: Page): Promise<void> {
  const child = page.getByRole('treeitem', { name: /dropped child.*3 ms/ });
  await child.waitFor();
  expect(await child.getAttribute('aria-level')).toBe('2');
  await page.keyboard.press('/');
  await page.keyboard.type('child');
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Span details' }).getByText('blue').waitFor();
}

export function fileScenarios(scenario: Scenario): void {
  scenario(
    'opens dropped files of each format without a session, and asks nobody for anything',
    async (visitor) => {
      const page = await visitor.open('/file');
      await page.getByRole('heading', { name: /Open a trace/ }).waitFor();
      const asked: string[] = [];
      page.on('request', (request) => request.url().includes('/api/') && asked.push(request.url()));
      for (const { name, content } of formats) {
        await dropFile(page, `${name}.json`, JSON.stringify(content));
        await page.getByRole('main').getByText(`${name}.json`).waitFor();
        await expectBothSpans(page);
      }
      expect(asked).toEqual([]);
      await dropFile(page, 'shopping.json', '{"milk": 2}');
      await page.getByRole('alert').waitFor();
    },
    { anonymous: true },
  );
}
