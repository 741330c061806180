import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { RunningPlatform } from '../platform/running-platform.ts';

/** What all scenarios share: one platform with traffic in it, one browser. */
export interface Stage {
  readonly platform: RunningPlatform;
  readonly browser: Browser;
  /** Of a viewer of all projects. */
  readonly token: string;
  /** Of the platform's own route: by its slow path and not. */
  readonly slowTrace: string;
  readonly fastTrace: string;
}

export interface VisitorOptions extends BrowserContextOptions {
  /** Without a session. */
  readonly anonymous?: boolean;
}

/** Somebody with a browser of their own. What its pages complain of, and where they go, is written down. */
export class Visitor implements AsyncDisposable {
  readonly stage: Stage;
  readonly context: BrowserContext;
  /** Errors, violated policies, requests to other hosts: a scenario that ends with any has failed. */
  readonly problems: string[] = [];

  private constructor(stage: Stage, context: BrowserContext) {
    this.stage = stage;
    this.context = context;
  }

  static async enter(stage: Stage, { anonymous = false, ...options }: VisitorOptions = {}): Promise<Visitor> {
    const context = await stage.browser.newContext({ locale: 'en-US', timezoneId: 'UTC', ...options });
    // It fails nothing that a busy machine lets one wait.
    context.setDefaultTimeout(120_000);
    const visitor = new Visitor(stage, context);
    if (!anonymous) {
      const session = { data: { token: stage.token } };
      expect((await context.request.post(`${visitor.origin}/api/v1/session`, session)).status()).toBe(201);
    }
    return visitor;
  }

  get origin(): string {
    return this.stage.platform.url;
  }

  /** A new page at a path of the viewer. */
  async open(path: string): Promise<Page> {
    const page = await this.context.newPage();
    page.on('console', (message) => {
      // A refused request logs itself; whether it was expected is for the scenario to say.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.origin) && !/^(blob|data):/.test(url)) this.problems.push(`request to ${url}`);
    });
    await page.goto(this.origin + path);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

export type Scenario = (
  name: string,
  run: (visitor: Visitor) => Promise<void>,
  options?: VisitorOptions,
) => void;

/** Declares tests that run side by side, each with a visitor of its own. */
export function scenariosOn(stage: () => Stage): Scenario {
  return (name, run, options = {}) => {
    it.concurrent(name, { timeout: 400_000 }, async () => {
      await using visitor = await Visitor.enter(stage(), options);
      await run(visitor);
      expect(visitor.problems).toEqual([]);
    });
  };
}

/** Drops a file of this text on the page. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)})); return data; })()`,
  );
  await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
}
