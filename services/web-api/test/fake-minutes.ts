import type { AlertMinute } from '@utxoiq/model/alert';
import type { MinutesQuery, MinutesResult } from '@utxoiq/store';

/** Where the tests of alerts begin: a minute of the Unix epoch. */
export const T0 = 29_900_000;

/** A store of minutes that a test writes; it answers as the real one does, whatever the filter. */
export class FakeMinutes {
  readonly asked: MinutesQuery[] = [];
  failing: Error | null = null;
  partial: MinutesResult['partial'] = null;
  readonly #services = new Map<string, Map<number, AlertMinute>>();

  set(service: string, minute: number, count: number, errors = 0, ms = 10): void {
    const minutes = this.#services.get(service) ?? new Map<number, AlertMinute>();
    minutes.set(minute, { minute, count, errors, durations: new Map([[ms * 1e6, count]]) });
    this.#services.set(service, minutes);
  }

  readonly ask = async (query: MinutesQuery): Promise<MinutesResult> => {
    this.asked.push(query);
    if (this.failing !== null) throw this.failing;
    const from = Number(query.startUnixNano / 60_000_000_000n);
    const to = Number(query.endUnixNano / 60_000_000_000n);
    const series = Array.from(this.#services, ([key, minutes]) => ({
      key,
      minutes: [...minutes.values()]
        .filter(({ minute }) => minute >= from && minute <= to)
        .sort((a, b) => a.minute - b.minute),
    }));
    return { series: series.filter(({ minutes }) => minutes.length > 0), partial: this.partial };
  };
}
