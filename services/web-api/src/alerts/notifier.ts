import { randomUUID } from 'node:crypto';
import { type AlertBook, isSilenced, type KeptAlert, type Told } from './alert-book.ts';
import { type AlertEvent, type AlertMessage, type AlertNews, firstThatFit } from './alert-message.ts';
import type { AlertTarget } from './alerts-config.ts';
import { type DeliveryResult, deliver } from './webhook.ts';

export interface NotifierOptions {
  readonly targets: readonly AlertTarget[];
  readonly baseUrl: () => string;
  readonly now: () => number;
  /** Called when somebody was told, so that it is written down. */
  readonly onTold: () => void;
  readonly onFailed: (target: AlertTarget, reason: string) => void;
  readonly pausesMs?: readonly number[];
}

/**
 * Tells every target what differs from what it was told last. There is no queue: what a target does not take stays
 * untold and is part of the next message, after a restart too.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #stop = new AbortController();
  readonly #running = new Map<AlertTarget, Promise<void>>();
  readonly stats = { sent: 0, failed: 0 };

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  get targets(): readonly AlertTarget[] {
    return this.#options.targets;
  }

  /** Starts to tell every target that is not being told something right now. */
  tell(book: AlertBook): void {
    for (const target of this.#options.targets) {
      if (this.#running.has(target)) continue;
      const running = this.#tellOne(book, target).finally(() => this.#running.delete(target));
      this.#running.set(target, running);
    }
  }

  /** Resolves when nothing is being sent any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** A message of its own, to see whether it arrives. One attempt. */
  async test(target: AlertTarget): Promise<DeliveryResult> {
    const message = this.#message([], { isTest: true, omitted: 0 });
    const result = await deliver(target, message, { signal: this.#stop.signal, pausesMs: [] });
    this.#count(result);
    return result;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  async #tellOne(book: AlertBook, target: AlertTarget): Promise<void> {
    const { now, onTold, onFailed, pausesMs } = this.#options;
    const news = newsFor(book, target.name, now());
    if (news.length === 0) return;
    const sent = firstThatFit(target.name, news, this.#options.baseUrl());
    const message = this.#message(sent, { isTest: false, omitted: news.length - sent.length });
    const { signal } = this.#stop;
    const result = await deliver(target, message, {
      signal,
      ...(pausesMs === undefined ? {} : { pausesMs }),
    });
    if (!result.ok && signal.aborted) return;
    this.#count(result);
    if (!result.ok) return onFailed(target, result.reason);
    for (const one of sent) markTold(book, target.name, one, message.sentMs);
    onTold();
  }

  #message(news: readonly AlertNews[], more: { isTest: boolean; omitted: number }): AlertMessage {
    const { baseUrl, now } = this.#options;
    return { id: randomUUID(), sentMs: now(), baseUrl: baseUrl(), news, ...more };
  }

  #count({ ok }: DeliveryResult): void {
    this.stats[ok ? 'sent' : 'failed']++;
  }
}

/** What a target does not know yet, the most severe first. */
export function newsFor(book: AlertBook, target: AlertTarget['name'], nowMs: number): readonly AlertNews[] {
  const news: AlertNews[] = [];
  for (const alert of book.alerts.values()) {
    const event = eventOf(book, alert, { told: alert.told[target], nowMs });
    if (event !== null) news.push({ event, alert });
  }
  const rank = { critical: 0, warning: 1, info: 2 } as const;
  return news.sort((a, b) => rank[a.alert.rule.severity] - rank[b.alert.rule.severity]);
}

function eventOf(
  book: AlertBook,
  { ruleId, rule, state }: KeptAlert,
  { told, nowMs }: { told: Told | undefined; nowMs: number },
): AlertEvent | null {
  const wasTold = told?.isFiring === true;
  if (state.status !== 'firing') return wasTold ? 'resolved' : null;
  const kept = book.rules.get(ruleId);
  if (kept === undefined || isSilenced(kept, nowMs)) return null;
  if (!wasTold) return 'firing';
  const isDue = rule.repeatMinutes > 0 && Math.abs(nowMs - told.atMs) >= rule.repeatMinutes * 60_000;
  return isDue ? 'repeated' : null;
}

/** By what was said, not by what has become of it since: that is the next news. */
function markTold(
  book: AlertBook,
  target: AlertTarget['name'],
  { event, alert }: AlertNews,
  atMs: number,
): void {
  const current = book.alerts.get(alert.id);
  if (current === undefined) return;
  const told = { ...current.told, [target]: { isFiring: event !== 'resolved', atMs } };
  book.alerts.set(alert.id, { ...current, told });
}
