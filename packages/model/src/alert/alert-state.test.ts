import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertState, type AlertStatus, nextAlertState } from './alert-state.ts';
import { alertEpisodes } from './preview-alert.ts';
import { READY_MADE_ALERT_RULES } from './ready-made-rules.ts';

const MINUTE = 60_000;
type Verdict = Parameters<typeof nextAlertState>[1]['verdict'];
interface Step {
  readonly verdict: Verdict;
  readonly atMs: number;
}
interface Timing {
  readonly forMinutes: number;
  readonly windowMinutes: number;
}

const run = (steps: readonly Step[], timing: Timing): AlertState | null =>
  steps.reduce<AlertState | null>((state, step) => nextAlertState(state, step, timing), null);

/** Slow and obvious: asks the whole past anew about every step. */
function statusAfter(steps: readonly Step[], timing: Timing): AlertStatus {
  const fires = (at: number): boolean => {
    const step = steps[at];
    if (step === undefined) return false;
    const runStart = (isPart: (index: number) => boolean): number => {
      let from = at;
      while (from > 0 && isPart(from - 1)) from--;
      return steps[from]?.atMs ?? 0;
    };
    const held = (limitMinutes: number, since: number) => step.atMs - since >= limitMinutes * MINUTE;
    switch (step.verdict) {
      case 'clear':
        return false;
      case 'between':
        return fires(at - 1);
      case 'breach':
        return (
          fires(at - 1) ||
          held(
            timing.forMinutes,
            runStart((index) => isHeldBreach(index)),
          )
        );
      case 'no_data':
        return (
          fires(at - 1) &&
          !held(
            timing.windowMinutes,
            runStart((index) => steps[index]?.verdict === 'no_data' && fires(index)),
          )
        );
    }
  };
  const isHeldBreach = (index: number): boolean =>
    steps[index]?.verdict === 'breach' &&
    (steps[index + 1]?.atMs ?? 0) - (steps[index]?.atMs ?? 0) <= 5 * MINUTE;
  const last = steps.at(-1)?.verdict;
  if (fires(steps.length - 1)) return 'firing';
  return last === 'breach' ? 'pending' : last === 'no_data' ? 'no_data' : 'ok';
}

const verdicts = fc.constantFrom<Verdict>(
  'breach',
  'breach',
  'breach',
  'between',
  'clear',
  'no_data',
  'no_data',
);
const sequences = fc
  .array(fc.record({ verdict: verdicts, gap: fc.constantFrom(1, 1, 1, 1, 2, 5, 6, 30) }), { maxLength: 14 })
  .map((steps) => {
    let atMs = 1_000_000 * MINUTE;
    return steps.map(({ verdict, gap }) => {
      atMs += gap * MINUTE;
      return { verdict, atMs };
    });
  });
const timings = fc.record({
  forMinutes: fc.integer({ min: 0, max: 6 }),
  windowMinutes: fc.integer({ min: 1, max: 5 }),
});

describe('the state of an alert', () => {
  it('is what the slow model says, over random sequences', () => {
    fc.assert(
      fc.property(sequences, timings, (steps, timing) => {
        fc.pre(steps.length > 0);
        expect(run(steps, timing)?.status).toBe(statusAfter(steps, timing));
      }),
      { numRuns: 1000 },
    );
  });

  it('says since when, and never before the last change', () => {
    fc.assert(
      fc.property(sequences, timings, (steps, timing) => {
        let before: AlertState | null = null;
        for (const step of steps) {
          const state: AlertState = nextAlertState(before, step, timing);
          if (before !== null && before.status !== state.status) expect(state.sinceMs).toBe(step.atMs);
          if (state.status === 'firing' && before?.status === 'firing')
            expect(state.sinceMs).toBe(before.sinceMs);
          before = state;
        }
      }),
      { numRuns: 200 },
    );
  });

  const timing = { forMinutes: 2, windowMinutes: 3 };
  const steps = (...list: Verdict[]): Step[] =>
    list.map((verdict, index) => ({ verdict, atMs: index * MINUTE }));

  it('fires when the value was over the threshold for so long, and not before', () => {
    expect(run(steps('breach', 'breach'), timing)).toMatchObject({ status: 'pending', sinceMs: 0 });
    expect(run(steps('breach', 'breach', 'breach'), timing)).toMatchObject({
      status: 'firing',
      sinceMs: 2 * MINUTE,
    });
    expect(run(steps('breach', 'breach', 'between', 'breach'), timing)?.status).toBe('pending');
  });

  it('keeps firing between the threshold and the recovery threshold', () => {
    expect(run(steps('breach', 'breach', 'breach', 'between', 'between'), timing)?.status).toBe('firing');
    expect(run(steps('breach', 'breach', 'breach', 'between', 'clear'), timing)?.status).toBe('ok');
  });

  it('keeps firing for one window without data, then is a state of its own', () => {
    const fired = ['breach', 'breach', 'breach'] as const;
    expect(run(steps(...fired, 'no_data', 'no_data', 'no_data'), timing)?.status).toBe('firing');
    expect(run(steps(...fired, 'no_data', 'no_data', 'no_data', 'no_data'), timing)?.status).toBe('no_data');
    expect(run(steps(...fired, 'no_data', 'breach'), timing)).toMatchObject({
      status: 'firing',
      blindSinceMs: null,
    });
  });

  it('does not count a gap as time that a value held', () => {
    const late = { verdict: 'breach', atMs: 30 * MINUTE } as const;
    expect(run([...steps('breach'), late], timing)?.status).toBe('pending');
  });
});

describe('the episodes of a rule over the past', () => {
  it('are the times that the same machine fires', () => {
    const [rule] = READY_MADE_ALERT_RULES;
    if (rule === undefined) throw new Error('there are ready-made rules');
    const verdictsOf = 'cc bbbb cc bbb bbbbb'.replaceAll(' ', '');
    const observations = [...verdictsOf].map((letter, minute) => ({
      minute,
      value: 0,
      count: 100,
      verdict: letter === 'b' ? ('breach' as const) : ('clear' as const),
    }));
    expect(alertEpisodes({ ...rule, forMinutes: 2 }, observations)).toEqual([
      { startMs: 4 * MINUTE, endMs: 6 * MINUTE },
      { startMs: 10 * MINUTE, endMs: null },
    ]);
  });
});
