import { afterAll, beforeAll, describe } from 'vitest';
import { RunningPlatform } from '../platform/running-platform.ts';
import { chromiumPath, launchBrowser, withoutChromium } from './browser.ts';
import { alertScenarios } from './scenarios/alerts.ts';
import { exploreScenarios } from './scenarios/explore.ts';
import { fileScenarios } from './scenarios/files.ts';
import { onCallScenarios } from './scenarios/on-call.ts';
import { pageScenarios } from './scenarios/pages.ts';
import { signInScenarios } from './scenarios/sign-in.ts';
import { traceScenarios } from './scenarios/trace.ts';
import { makeTraffic, untilReadable } from './traffic.ts';
import { type Stage, scenariosOn } from './visitor.ts';

let platform: RunningPlatform | undefined;
let stage: Stage | undefined;

/** Traffic on a platform of its own, while the browser starts. */
async function setStage(): Promise<Stage> {
  const browser = launchBrowser();
  // What was sent a moment ago is evaluated at once: nothing here is late.
  platform = await RunningPlatform.start({ environment: { ALERTS_DELAY_S: '0' } });
  const token = await platform.token('--role', 'viewer');
  const traces = await makeTraffic(platform);
  await untilReadable(platform, token);
  return { platform, browser: await browser, token, ...traces };
}

describe.skipIf(chromiumPath === null)(`the viewer in a browser${withoutChromium}`, () => {
  beforeAll(async () => {
    stage = await setStage();
  }, 400_000);
  afterAll(async () => {
    await stage?.browser.close();
    await platform?.[Symbol.asyncDispose]();
  }, 120_000);

  const scenario = scenariosOn(() => {
    if (stage === undefined) throw new Error('the stage is not set');
    return stage;
  });
  signInScenarios(scenario);
  onCallScenarios(scenario);
  exploreScenarios(scenario);
  traceScenarios(scenario);
  fileScenarios(scenario);
  alertScenarios(scenario);
  pageScenarios(scenario);
});
