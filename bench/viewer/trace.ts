// The viewer on large traces, in headless Chromium: first paint after the click, frames while scrolling and zooming,
// memory, and what the first load weighs. node bench/viewer/trace.ts

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { decodeOutline, encodeOtlpProtobuf } from '@utxoiq/model';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { RunningPlatform } from '../../e2e/platform/running-platform.ts';
import { launchBrowser } from '../../e2e/viewer/browser.ts';
import { largeTrace } from './large-trace.ts';

const frames = 180;

const platform = await RunningPlatform.start();
const browser = await launchBrowser();
const token = await platform.token();
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.request.post(`${platform.url}/api/v1/session`, { data: { token } });
  await weighFirstLoad(context);
  for (const spanCount of [100_000, 1_000_000]) {
    const traceId = spanCount.toString(16).padStart(32, '0');
    await send(traceId, spanCount);
    await measureTrace(context, traceId, spanCount);
  }
} finally {
  await browser.close();
  await platform[Symbol.asyncDispose]();
}

async function weighFirstLoad(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  const scripts: Promise<{ responseBodySize: number }>[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() === 'script') scripts.push(request.sizes());
  });
  await page.goto(platform.url);
  await page.getByRole('list', { name: 'Traces' }).waitFor();
  const interactiveMs = await page.evaluate('performance.now()');
  const bytes = (await Promise.all(scripts)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  console.log(
    `first load of Explore: ${(bytes / 1000).toFixed(0)} kB of script, list shown after ${ms(interactiveMs)}`,
  );
  await page.close();
}

async function send(traceId: string, spanCount: number): Promise<void> {
  const started = performance.now();
  for (const spans of largeTrace({ traceId, spanCount, startMs: Date.now() - 120_000, sliceSize: 10_000 })) {
    const response = await fetch(`${platform.otlpHttpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: encodeOtlpProtobuf(spans),
    });
    if (!response.ok) throw new Error(`OTLP refused: ${response.status} ${await response.text()}`);
  }
  const headers = { authorization: `Bearer ${token}` };
  const url = `${platform.url}/api/v1/monitoring/traces/${traceId}/outline`;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const asked = performance.now();
    const response = await fetch(url, { headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.ok && decodeOutline(bytes).size === spanCount) {
      const answered = performance.now();
      console.log(
        `${spanCount} spans sent and readable in ${((answered - started) / 1000).toFixed(1)} s; outline of ${(bytes.length / 1e6).toFixed(1)} MB answered in ${ms(answered - asked)}`,
      );
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error('the large trace did not become readable');
}

async function measureTrace(context: BrowserContext, traceId: string, spanCount: number): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${platform.url}/?q=trace=${traceId}`);
  const link = page.getByRole('list', { name: 'Traces' }).getByRole('link').first();
  await link.waitFor();
  await page.waitForTimeout(1000);
  const paintMs = await timeToPaint(page, () => link.click());
  console.log(`${spanCount} spans: first waterfall paint ${ms(paintMs)} after the click`);
  await page.waitForTimeout(4000);
  await measureFrames(page, `${spanCount} spans`);
  await reportMemory(browser, `${spanCount} spans`);
  await page.close();
}

/** From the click to the frame after the first rows stand in the page; the canvas is drawn in the same commit. */
async function timeToPaint(page: Page, click: () => Promise<void>): Promise<unknown> {
  await page.evaluate(`window.painted = new Promise((resolve) => {
    let clicked = 0;
    addEventListener('click', () => { clicked = performance.now(); }, { capture: true, once: true });
    new MutationObserver((_, observer) => {
      if (document.querySelector('[role=treeitem]') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked)));
    }).observe(document.body, { childList: true, subtree: true });
  }); undefined`);
  await click();
  return page.evaluate('window.painted');
}

async function measureFrames(page: Page, what: string): Promise<void> {
  const run = async (body: string) =>
    page.evaluate<number[]>(`new Promise((resolve) => {
    const scroller = document.querySelector('.waterfall-scroll');
    const deltas = [];
    let last = performance.now();
    let frame = 0;
    const step = () => {
      const now = performance.now();
      if (frame > 5) deltas.push(now - last);
      last = now;
      if (frame++ > ${frames}) return resolve(deltas);
      ${body}
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  const idle = p95(await run(''));
  const scroll = p95(await run('scroller.scrollTop += 333;'));
  const zoom = p95(
    await run(`scroller.dispatchEvent(new WheelEvent('wheel', {
      deltaY: frame % 60 < 30 ? -40 : 40, ctrlKey: true, clientX: 900, clientY: 400, bubbles: true, cancelable: true,
    }));`),
  );
  console.log(
    `${what}: p95 frame while scrolling ${ms(scroll)}, zooming ${ms(zoom)}; floor (doing nothing) ${ms(idle)}`,
  );
}

async function reportMemory(of: Browser, what: string): Promise<void> {
  const session = await of.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(
      ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1000,
    );
  console.log(`${what}: the page's process holds ${Math.max(...resident).toFixed(0)} MB`);
  await session.detach();
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

function ms(value: unknown): string {
  return `${Number(value).toFixed(1)} ms`;
}
